#include "kiosk/shell/port_log.h"

#include "kiosk/shell/log.h"

void port_log_fault(const char *name, const char *device, enum port_fault fault, const char *error)
{
    static const char *const remedies[PORT_FAULT_COUNT] = {
        [PORT_FAULT_ABSENT] = "no such device; trying again until it is there",
        [PORT_FAULT_UNOPENABLE] = "it cannot be opened",
        [PORT_FAULT_LOST] = "the device went away; trying again until it is back",
        [PORT_FAULT_SILENT] = "not one whole frame: is the device on, and its wire in place?",
        [PORT_FAULT_FRAMES] = "bytes but no whole frames any more: check wire and line settings",
        [PORT_FAULT_WRONG_DEVICE] = "what it sends is not its protocol: wrong device or line "
                                    "settings; `biaogan probe` finds them",
        [PORT_FAULT_DUPLICATE] = "another port of the site file is the same device; neither is "
                                 "used: correct `device`",
        [PORT_FAULT_UNIT] = "what it shows is no weight: set it from pieces or percent to kg, or "
                            "name `unit` in the site file",
    };
    if (fault == PORT_FAULT_NONE) {
        return;
    }
    const bool has_error = fault == PORT_FAULT_UNOPENABLE && error[0] != '\0';
    log_line(LOG_WARNING, "io", "port %s (%s): %s", name, device,
             has_error ? error : remedies[fault]);
}

void port_log_foreign(const char *name, const char *device, const char *owner)
{
    log_line(LOG_WARNING, "io",
             "port %s (%s): the adapter in this socket belongs to %s: put it back", name, device,
             owner);
}

void port_log_exchanged(const char *name, const char *device, const char *other)
{
    log_line(LOG_WARNING, "io",
             "port %s (%s): it weighs what port %s weighed before both were away: put the adapters "
             "back; where they are right, pull this one out alone and plug it in again with the "
             "technician's board open",
             name, device, other);
}

void port_log_untold(const char *name, const char *device)
{
    log_line(LOG_WARNING, "io",
             "port %s (%s): it was away together with others like it and nothing tells them apart; "
             "it is believed: check by opening its lid or loading its bin",
             name, device);
}
