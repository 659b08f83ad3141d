#include "kiosk/shell/device_orders.h"

void device_orders_send(struct io *io, struct bus_threads *buses, const struct kiosk_effect *effect)
{
    if (effect->kind == EFFECT_SCALE_COMMAND) {
        io_command(io, effect->u.scale_command.port,
                   effect->u.scale_command.is_tare ? HW_COMMAND_TARE : HW_COMMAND_ZERO);
    } else if (effect->kind == EFFECT_UNLOCK &&
               !bus_threads_unlock(buses, effect->u.unlock.port, effect->u.unlock.channel)) {
        io_unlock(io, effect->u.unlock.port, effect->u.unlock.channel);
    }
}
