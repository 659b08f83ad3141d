/* What the core wants said to devices: to whichever thread has the port. Main thread. */
#ifndef KIOSK_SHELL_DEVICE_ORDERS_H
#define KIOSK_SHELL_DEVICE_ORDERS_H

#include "kiosk/core/events.h"
#include "kiosk/shell/bus_thread.h"
#include "kiosk/shell/io.h"

/* Sends EFFECT_SCALE_COMMAND or EFFECT_UNLOCK. */
void device_orders_send(struct io *io, struct bus_threads *buses,
                        const struct kiosk_effect *effect);

#endif
