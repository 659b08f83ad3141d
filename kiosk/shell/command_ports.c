/* biaogan ports: the serial ports of this machine, by names that stay. */
#include "kiosk/shell/commands.h"

#include "hw/ports.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: biaogan ports\n"
    "\n"
    "Lists the serial ports of this machine, tab-separated with a header line: device, by-path\n"
    "(the name of the socket, for the site file), by-id (the name of the adapter, only where no\n"
    "other adapter here has it), USB id, serial number, product, note. \"-\" where there is none.\n"
    "\n"
    "Exit code: 0 listed, 2 wrong usage or environment.\n";

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "-";
}

static void print_entry(const struct port_entry *entry)
{
    const struct port_identity *identity = &entry->identity;
    char usb_id[16] = "-";
    char product[2 * PORTS_TEXT_MAX + 1] = "";
    if (identity->is_usb) {
        snprintf(usb_id, sizeof usb_id, "%04x:%04x", identity->vid & 0xFFFF,
                 identity->pid & 0xFFFF);
        const bool both = identity->manufacturer[0] != '\0' && identity->product[0] != '\0';
        snprintf(product, sizeof product, "%s%s%s", identity->manufacturer, both ? " " : "",
                 identity->product);
    }
    printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", entry->device, or_dash(entry->by_path),
           or_dash(entry->by_id), usb_id, or_dash(identity->serial), or_dash(product),
           or_dash(ports_note(entry)));
}

int command_ports(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (argc > 1) {
        fprintf(stderr, "biaogan ports: unexpected \"%s\": it takes no arguments\n", argv[1]);
        return 2;
    }
    static struct port_entry entries[PORTS_MAX];
    const int count = ports_list(&ports_machine, entries);
    if (count < 0) {
        fputs("biaogan ports: /sys/class/tty cannot be read: is /sys mounted?\n", stderr);
        return 2;
    }
    puts("device\tby-path\tby-id\tusb id\tserial\tproduct\tnote");
    for (int i = 0; i < count; i++) {
        print_entry(&entries[i]);
    }
    if (fflush(stdout) != 0) {
        fputs("biaogan ports: cannot write to stdout: is the disk full or the pipe closed?\n",
              stderr);
        return 2;
    }
    if (count == 0) {
        fputs("biaogan ports: no serial port is here: plug the adapter in, then look again\n",
              stderr);
    }
    return 0;
}
