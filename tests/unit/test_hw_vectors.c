/* Every recorded and derived frame of vectors/scale_vectors.tsv, whole and cut at every place. */
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COLUMNS = 7, ROW_MAX = 2048, BYTES_MAX = 512, ROWS_AT_LEAST = 100 };

struct row {
    char text[ROW_MAX];
    char *column[COLUMNS]; /* protocol hex status value unit note options */
    uint8_t bytes[BYTES_MAX];
    size_t count;
    struct hw_options options;
    char want[DECODED_MAX];
};

/* Takes the next part up to `separator`, which may be empty. */
static char *next_part(char **rest, char separator)
{
    char *part = *rest;
    char *end = strchr(part, separator);
    *rest = end ? end + 1 : part + strlen(part);
    if (end) {
        *end = '\0';
    }
    return part;
}

static void read_bytes(struct row *row)
{
    char *at = row->column[1];
    while (*at) {
        assert_true(row->count < BYTES_MAX);
        row->bytes[row->count++] = (uint8_t)strtoul(at, &at, 16);
        while (*at == ' ') {
            at++;
        }
    }
}

static void read_options(struct row *row)
{
    const struct hw_driver *driver = hw_driver_find(row->column[0]);
    assert_non_null(driver);
    row->options.checksum = driver->checksum_default && !strstr(row->column[6], "--checksum off");
    row->options.mask7 = strstr(row->column[6], "--mask7") != NULL;
    const char *unit = strstr(row->column[6], "--unit ");
    if (unit) {
        snprintf(row->options.unit, sizeof row->options.unit, "%s", unit + strlen("--unit "));
    }
}

static void read_expectation(struct row *row)
{
    char *status = row->column[2];
    char *value = row->column[3];
    size_t length = 0;
    while (*status) {
        const char *one_status = next_part(&status, ';');
        const char *one_value = next_part(&value, ';');
        if (strcmp(one_status, "reject") != 0 && strcmp(one_status, "wait") != 0) {
            length += (size_t)snprintf(row->want + length, sizeof row->want - length, "%s %s;",
                                       one_status, one_value);
        }
    }
}

static bool read_row(FILE *file, struct row *row)
{
    memset(row, 0, sizeof *row);
    if (!fgets(row->text, sizeof row->text, file)) {
        return false;
    }
    row->text[strcspn(row->text, "\n")] = '\0';
    char *rest = row->text;
    for (size_t i = 0; i < COLUMNS; i++) {
        row->column[i] = next_part(&rest, '\t');
    }
    read_bytes(row);
    read_options(row);
    read_expectation(row);
    return true;
}

static FILE *open_table(void)
{
    FILE *file = fopen("vectors/scale_vectors.tsv", "r");
    assert_non_null(file);
    char header[ROW_MAX];
    assert_non_null(fgets(header, sizeof header, file));
    return file;
}

static void each_row_gives_its_values(void **state)
{
    (void)state;
    FILE *file = open_table();
    static struct row row;
    static struct decoded decoded;
    int rows = 0;
    for (; read_row(file, &row); rows++) {
        decoded_begin(&decoded, row.column[0], row.options);
        decoded_feed(&decoded, row.bytes, row.count);
        if (strcmp(decoded.text, row.want) != 0) {
            print_error("%s: %s\n", row.column[0], row.column[5]);
        }
        assert_string_equal(decoded.text, row.want);
    }
    fclose(file);
    assert_true(rows >= ROWS_AT_LEAST);
}

static void no_cut_changes_a_row(void **state)
{
    (void)state;
    FILE *file = open_table();
    static struct row row;
    static struct decoded decoded;
    while (read_row(file, &row)) {
        for (size_t cut = 0; cut <= row.count; cut++) {
            decoded_begin(&decoded, row.column[0], row.options);
            decoded_feed(&decoded, row.bytes, cut);
            decoded_feed(&decoded, row.bytes + cut, row.count - cut);
            assert_string_equal(decoded.text, row.want);
        }
        decoded_begin(&decoded, row.column[0], row.options);
        for (size_t i = 0; i < row.count; i++) {
            decoded_feed(&decoded, row.bytes + i, 1);
        }
        assert_string_equal(decoded.text, row.want);
    }
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_gives_its_values),
        cmocka_unit_test(no_cut_changes_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
