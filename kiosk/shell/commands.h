/* The subcommands of `biaogan`, one function each, called by main.c with the subcommand's name in
 * argv[0]. Each prints its own --help. Returns the exit code: 0 done, 1 the thing asked about is
 * not so, 2 usage or environment. Main thread. */
#ifndef KIOSK_SHELL_COMMANDS_H
#define KIOSK_SHELL_COMMANDS_H

int command_decode(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_export(int argc, char **argv);
int command_passwd(int argc, char **argv);
int command_ports(int argc, char **argv);
int command_probe(int argc, char **argv);
int command_protocols(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_run(int argc, char **argv);
int command_simulate(int argc, char **argv);

#endif
