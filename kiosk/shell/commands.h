/* The subcommands of `biaogan`, one function each, called by main.c with the subcommand's name in
 * argv[0]. Each prints its own --help and returns one of the exit codes below. Main thread. */
#ifndef KIOSK_SHELL_COMMANDS_H
#define KIOSK_SHELL_COMMANDS_H

enum {
    COMMAND_DONE = 0,
    COMMAND_NOT_SO = 1, /* the thing asked about is not so */
    COMMAND_FAILED = 2  /* usage or environment */
};

int command_calibration(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_decode(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_export(int argc, char **argv);
int command_passwd(int argc, char **argv);
int command_people(int argc, char **argv);
int command_ports(int argc, char **argv);
int command_probe(int argc, char **argv);
int command_protocols(int argc, char **argv);
int command_purge(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_run(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
