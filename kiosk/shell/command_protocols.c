/* biaogan protocols: the driver table. */
#include "kiosk/shell/commands.h"

#include "hw/driver.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: biaogan protocols\n"
    "\n"
    "Lists the protocols that this program can read, tab-separated with a header line:\n"
    "name, kind, usual line settings, poll or stream, description.\n";

static const char *const kind_texts[] = {
    [READING_WEIGHT] = "weight", [READING_LID] = "lid",   [READING_LEVEL] = "level",
    [READING_CARD] = "card",     [READING_LOCK] = "lock",
};

int command_protocols(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (argc > 1) {
        fprintf(stderr, "biaogan protocols: unexpected \"%s\": it takes no arguments\n", argv[1]);
        return COMMAND_FAILED;
    }
    puts("name\tkind\tline\tmode\tdescription");
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        printf("%s\t%s\t%s\t%s\t%s\n", driver->name, kind_texts[driver->kind], driver->line,
               driver->polled ? "poll" : "stream", driver->summary);
    }
    if (fflush(stdout) != 0) {
        fputs("biaogan protocols: cannot write to stdout: is the disk full or the pipe closed?\n",
              stderr);
        return COMMAND_FAILED;
    }
    return 0;
}
