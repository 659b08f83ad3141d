#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "kiosk/shell/commands.h"

enum {
    PASSWORD_MAX = 128,
    /* OWASP's least figures for argon2id; chosen for a small board. */
    ARGON_OPERATIONS = 2,
    ARGON_MEMORY = 19 * 1024 * 1024
};

static const char usage[] =
    "usage: biaogan passwd [--stdin]\n"
    "\n"
    "Reads a password or PIN, twice from the terminal without showing it, or once from standard\n"
    "input with --stdin, and prints the argon2id string that the site file holds in its place.\n";

/* One line without its end. False: nothing, or more than fits. */
static bool read_line(char line[PASSWORD_MAX])
{
    if (!fgets(line, PASSWORD_MAX, stdin)) {
        return false;
    }
    size_t length = strcspn(line, "\r\n");
    bool whole = line[length] != '\0' || feof(stdin);
    line[length] = '\0';
    return whole && length > 0;
}

static bool ask(const char *question, char line[PASSWORD_MAX])
{
    struct termios shown, hidden;

    fputs(question, stderr);
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        return false;
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0) {
        return false;
    }
    bool read = read_line(line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return read;
}

static int obtain(bool from_stdin, char password[PASSWORD_MAX])
{
    char again[PASSWORD_MAX] = "";

    if (!from_stdin && !isatty(STDIN_FILENO)) {
        fputs("biaogan passwd: standard input is no terminal; add --stdin to read from it\n",
              stderr);
        return COMMAND_FAILED;
    }
    if (!(from_stdin ? read_line(password) : ask("Password or PIN: ", password))) {
        fprintf(stderr, "biaogan passwd: no password, or one longer than %d bytes; enter another\n",
                PASSWORD_MAX - 2);
        return COMMAND_FAILED;
    }
    if (from_stdin) {
        return COMMAND_DONE;
    }
    bool same = ask("Once more: ", again) && strcmp(password, again) == 0;
    sodium_memzero(again, sizeof again);
    if (!same) {
        fputs("biaogan passwd: the two are not the same; try again\n", stderr);
    }
    return same ? COMMAND_DONE : COMMAND_NOT_SO;
}

int command_passwd(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"stdin", no_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    char hash[crypto_pwhash_STRBYTES], password[PASSWORD_MAX] = "";
    bool from_stdin = false;
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option != 's') {
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? COMMAND_DONE : COMMAND_FAILED;
        }
        from_stdin = true;
    }
    if (optind != argc) {
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
    if (sodium_init() < 0) {
        fputs("biaogan passwd: libsodium does not start; reinstall libsodium23\n", stderr);
        return COMMAND_FAILED;
    }
    int status = obtain(from_stdin, password);
    if (status == COMMAND_DONE &&
        crypto_pwhash_str_alg(hash, password, strlen(password), ARGON_OPERATIONS, ARGON_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        fputs("biaogan passwd: out of memory (19 MiB are needed); stop other programs\n", stderr);
        status = COMMAND_FAILED;
    }
    sodium_memzero(password, sizeof password);
    if (status == COMMAND_DONE) {
        puts(hash);
    }
    return status;
}
