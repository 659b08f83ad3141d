#include "tests/bench/samples.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4096 };

/* Takes the bytes of a row "protocol<TAB>hex<TAB>status<TAB>..." of `name` without options. */
static bool take_row(char *line, const char *name, struct sample *sample)
{
    char *rest = line;
    const char *protocol = strsep(&rest, "\t");
    char *hex = strsep(&rest, "\t");
    const char *status = strsep(&rest, "\t");
    const char *last = rest ? strrchr(rest, '\t') : NULL;
    if (!status || !last || strcmp(protocol, name) != 0 || last[1] != '\n') {
        return false;
    }
    sample->is_ok = strcmp(status, "ok") == 0;
    for (sample->count = 0; *hex; hex += *hex == ' ') {
        if (sample->count == HW_FRAME_MAX) {
            return false;
        }
        sample->bytes[sample->count++] = (uint8_t)strtoul(hex, &hex, 16);
    }
    return true;
}

size_t samples_read(const char *directory, const char *protocol, struct sample *samples,
                    size_t most)
{
    char pattern[LINE_MAX_BYTES];
    glob_t tables;
    size_t count = 0;
    snprintf(pattern, sizeof pattern, "%s/*.tsv", directory);
    if (glob(pattern, 0, NULL, &tables) != 0) {
        return 0;
    }
    for (size_t i = 0; i < tables.gl_pathc; i++) {
        char line[LINE_MAX_BYTES];
        FILE *file = fopen(tables.gl_pathv[i], "r");
        while (file && count < most && fgets(line, sizeof line, file)) {
            count += take_row(line, protocol, &samples[count]);
        }
        if (file) {
            fclose(file);
        }
    }
    globfree(&tables);
    return count;
}
