#include "kiosk/shell/device_orders.h"

void device_orders_send(struct io *io, struct bus_threads *buses, const struct kiosk_effect *effect)
{
    if (effect->kind == EFFECT_SCALE_COMMAND) {
        const int port = effect->u.scale_command.port;
        const enum hw_command command =
            effect->u.scale_command.is_tare ? HW_COMMAND_TARE : HW_COMMAND_ZERO;
        if (!bus_threads_command(buses, port, effect->u.scale_command.channel, command)) {
            io_command(io, port, command);
        }
    } else if (effect->kind == EFFECT_UNLOCK &&
               !bus_threads_unlock(buses, effect->u.unlock.port, effect->u.unlock.channel)) {
        io_unlock(io, effect->u.unlock.port, effect->u.unlock.channel);
    }
}
