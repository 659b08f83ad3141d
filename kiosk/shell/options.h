/* What the options of the subcommands have in common. Pure; any thread. */
#ifndef KIOSK_SHELL_OPTIONS_H
#define KIOSK_SHELL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number in digits alone, `least` to `most`; else false and `value` untouched. */
bool options_number(const char *text, uint64_t least, uint64_t most, uint64_t *value);

#endif
