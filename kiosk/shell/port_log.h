/* The log's words for what is wrong with a port: each line names the port, its device and the
 * remedy. Any thread.
 */
#ifndef KIOSK_SHELL_PORT_LOG_H
#define KIOSK_SHELL_PORT_LOG_H

#include "hw/reading.h"

/* Nothing for PORT_FAULT_NONE: being opened again is no news. `error`: why it did not open, or "".
 */
void port_log_fault(const char *name, const char *device, enum port_fault fault, const char *error);

/* The adapter in its socket is known as another device name's. */
void port_log_foreign(const char *name, const char *device, const char *owner);

/* What it weighs is what port `other` weighed before both were away. */
void port_log_exchanged(const char *name, const char *device, const char *other);

/* It was away together with others like it, and nothing tells them apart. */
void port_log_untold(const char *name, const char *device);

#endif
