"""A Modbus line with a foreign slave (pymodbus) at its far end, and a wire that can be spoiled.

Two pseudo-terminals: pymodbus serves one, the master under test opens the other, and the wire
between them is ours: it can be cut, corrupt answers, delay them, or echo what the master sends.
"""

import asyncio
import logging
import os
import pty
import select
import threading
import time
import tty

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
)
from pymodbus.server import StartAsyncSerialServer
from pymodbus.transaction import ModbusRtuFramer

logging.disable(logging.CRITICAL)
COILS, INPUTS, HOLDING, REGISTERS = 1, 2, 3, 4
QUIET_S = 0.01  # ends an answer


def words(number):
    """32 bits as two registers, the high one first."""
    number &= 0xFFFFFFFF
    return [number >> 16, number & 0xFFFF]


class Wire:
    """Carries bytes between master and slave; `trouble` says what it does to them."""

    def __init__(self):
        self.master_end, self.master_tty = pty.openpty()
        self.slave_end, self.slave_tty = pty.openpty()
        for end in (self.master_tty, self.slave_tty):
            tty.setraw(end)
        self.trouble = None  # None, "cut", "corrupt", "late", "stranger"
        self.echo = False
        self.requests = []
        self.gone = False
        threading.Thread(target=self.carry, daemon=True).start()

    @property
    def device(self):
        return os.ttyname(self.master_tty)

    def carry(self):
        while not self.gone:
            ready, _, _ = select.select([self.master_end, self.slave_end], [], [], 0.05)
            for end in ready:
                try:
                    data = self.gather(end)
                except OSError:
                    time.sleep(0.01)
                    continue
                if end == self.master_end:
                    self.to_slave(data)
                else:
                    self.to_master(data)

    @staticmethod
    def gather(end):
        data = os.read(end, 512)
        while select.select([end], [], [], QUIET_S)[0]:
            data += os.read(end, 512)
        return data

    def to_slave(self, data):
        self.requests.append(bytes(data))
        if self.echo:
            os.write(self.master_end, data)
        if self.trouble != "cut":
            os.write(self.slave_end, data)

    def to_master(self, data):
        if self.trouble == "corrupt":
            data = data[:-1] + bytes([data[-1] ^ 0x40])
        elif self.trouble == "stranger":
            data = bytes([data[0] ^ 0x08]) + data[1:]
        elif self.trouble == "late":
            time.sleep(1.0)  # longer than both tries of a master wait
        os.write(self.master_end, data)

    def hang_up(self):
        """The adapter is pulled out."""
        self.gone = True
        time.sleep(0.1)
        os.close(self.master_tty)
        os.close(self.master_end)


class Slaves:
    """pymodbus slaves of some addresses, with values that a test sets."""

    def __init__(self, wire, addresses):
        self.contexts = {
            address: ModbusSlaveContext(
                **{
                    key: ModbusSequentialDataBlock(0, [0] * 256)
                    for key in ("di", "co", "hr", "ir")
                },
                zero_mode=True,
            )
            for address in addresses
        }
        path = os.ttyname(wire.slave_tty)
        threading.Thread(target=self.serve, args=(path,), daemon=True).start()
        time.sleep(0.5)

    def serve(self, path):
        async def run():
            await StartAsyncSerialServer(
                context=ModbusServerContext(slaves=self.contexts, single=False),
                framer=ModbusRtuFramer,
                port=path,
                baudrate=19200,
                ignore_missing_slaves=True,
            )

        asyncio.run(run())

    def set(self, address, table, first, values):
        self.contexts[address].setValues(table, first, values)

    def get(self, address, table, first, count=1):
        return self.contexts[address].getValues(table, first, count)
