#include "tests/faults/workshop.h"

#include "tests/faults/medium.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[128];

static void remove_all(void)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    if (root[0] != '\0' && system(command) != 0) {
        fprintf(stderr, "cannot remove %s\n", root);
    }
}

void workshop_keep(void)
{
    fprintf(stderr, "kept: %s\n", root);
    root[0] = '\0';
}

const char *workshop_make(void)
{
    snprintf(root, sizeof root, "%s/biaogan-faults-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(root) == NULL || atexit(remove_all) != 0) {
        perror(root);
        exit(2);
    }
    return root;
}

void workshop_directory(const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", root, name);
    if (mkdir(path, 0700) != 0) {
        medium_empty(path);
    }
}

uint64_t workshop_option(int count, char **arguments, const char *name, uint64_t fallback)
{
    for (int i = 1; i + 1 < count; i++) {
        if (strcmp(arguments[i], name) == 0) {
            return strtoull(arguments[i + 1], NULL, 10);
        }
    }
    return fallback;
}
