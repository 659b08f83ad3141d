/* The subcommands of `biaogan`, one function each, called by main.c with the subcommand's name in
 * argv[0]. Each prints its own --help. Returns the exit code: 0 done, 1 the thing asked about is
 * not so, 2 usage or environment. Main thread. */
#ifndef SHELL_COMMANDS_H
#define SHELL_COMMANDS_H

int command_decode(int argc, char **argv);
int command_protocols(int argc, char **argv);
int command_simulate(int argc, char **argv);

#endif
