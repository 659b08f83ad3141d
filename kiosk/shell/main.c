/* biaogan: one program, a table of subcommands. */
#include "kiosk/shell/commands.h"
#include "kiosk/shell/version.h"
#include "kiosk/store/ledger.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"run", command_run, "the kiosk, on real ports or on a simulated site"},
    {"decode", command_decode, "bytes of a device -> values, one line a frame"},
    {"protocols", command_protocols, "the devices this program understands"},
    {"ports", command_ports, "the serial ports of this machine, by names that stay"},
    {"probe", command_probe, "line settings and protocol of an unknown port"},
    {"doctor", command_doctor, "what is wrong with this machine, and what to do about it"},
    {"replay", command_replay, "a capture through the whole pipeline -> ledger"},
    {"export", command_export, "the ledger -> CSV or JSON lines"},
    {"verify", command_verify, "is the ledger what was written?"},
    {"backup", command_backup, "a copy of the ledger on another medium"},
    {"purge", command_purge, "takes out rows that are old and exported"},
    {"calibration", command_calibration, "a scale was held against a known weight -> ledger"},
    {"people", command_people, "who belongs to which card; erases people without a trace"},
    {"simulate", command_simulate, "a simulated site -> capture and truth, in virtual time"},
    {"passwd", command_passwd, "a PIN or password -> the hash for the site file"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fputs("usage: biaogan COMMAND [OPTION...]      (each COMMAND has --help)\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].summary);
    }
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return COMMAND_FAILED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("biaogan " BIAOGAN_VERSION);
        return 0;
    }
    ledger_begin_process();
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "biaogan: no command \"%s\"\n", argv[1]);
    print_usage(stderr);
    return COMMAND_FAILED;
}
