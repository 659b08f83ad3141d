/* CRC-16/MODBUS: the check of the lid line and of Modbus RTU. Pure; any thread. */
#ifndef HW_CRC16_H
#define HW_CRC16_H

#include <stddef.h>
#include <stdint.h>

/* Polynomial 8005 reflected (A001), start FFFF, no final XOR; "123456789" gives 4B37. */
uint16_t crc16_modbus(const uint8_t *bytes, size_t count);

#endif
