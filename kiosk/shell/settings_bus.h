/* The section `buses` of the site file: Modbus lines and the slaves on them, by their maps.
 *
 * Private to settings.c, but for what asks about a bus. A bus is a port of the site without a
 * driver: its index counts on behind the serial ports.
 */
#ifndef KIOSK_SHELL_SETTINGS_BUS_H
#define KIOSK_SHELL_SETTINGS_BUS_H

#include "kiosk/shell/settings.h"
#include "kiosk/shell/settings_rows.h"

/* One element of the list `buses`. 0, or -1 with the message written. */
int settings_read_bus(const struct settings_reader *reader, config_setting_t *element,
                      struct settings *settings);

/* One element of the list `bins`, after all ports and buses. Likewise. (settings_bins.c) */
int settings_read_bin(const struct settings_reader *reader, config_setting_t *element,
                      struct settings *settings);

/* The bus behind a port, NULL where it is a serial port. */
const struct bus_settings *settings_bus(const struct settings *settings, int port);

/* The device of the bus that reads `kind` on `channel`, or switches it; NULL where none does. */
const struct modbus_map *settings_bus_map(const struct bus_settings *bus, enum reading_kind kind,
                                          int channel);

#endif
