/* A name in icons.h, a file in assets/icons and a glyph are one thing. Runs in tests/. */
#include "kiosk/ui/icons.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ICON_DIRECTORY "../assets/icons"

static const struct {
    int number;
    const char *file;
} named[] = {
#define X(name, number, file) {number, file},
    ICONS(X)
#undef X
};
enum { NAMED = sizeof named / sizeof *named };

static void every_name_has_its_drawing(void **state)
{
    (void)state;
    for (int i = 0; i < NAMED; i++) {
        char path[256], text[64 * 1024];
        snprintf(path, sizeof path, ICON_DIRECTORY "/%02d-%s.svg", named[i].number, named[i].file);
        FILE *file = fopen(path, "r");
        if (file == NULL) {
            fail_msg("no drawing %s", path);
            return;
        }
        const size_t length = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        text[length] = '\0';
        assert_non_null(strstr(text, "viewBox=\"0 0 64 64\""));
        /* What the icon font cannot take over. */
        assert_null(strstr(text, "stroke"));
        assert_null(strstr(text, "transform"));
        assert_null(strstr(text, "fill-rule"));
    }
}

static void every_drawing_has_its_name(void **state)
{
    (void)state;
    DIR *directory = opendir(ICON_DIRECTORY);
    int drawings = 0;
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strstr(entry->d_name, ".svg") == NULL) {
            continue;
        }
        bool found = false;
        for (int i = 0; i < NAMED; i++) {
            char name[64];
            snprintf(name, sizeof name, "%02d-%s.svg", named[i].number, named[i].file);
            found = found || strcmp(name, entry->d_name) == 0;
        }
        if (!found) {
            fail_msg("%s has no name in icons.h", entry->d_name);
        }
        drawings++;
    }
    closedir(directory);
    assert_int_equal(drawings, NAMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_has_its_drawing),
        cmocka_unit_test(every_drawing_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
