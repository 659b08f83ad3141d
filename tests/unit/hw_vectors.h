/* The rows of the tables in vectors, for every test that wants frames of every driver. */
#ifndef TESTS_UNIT_HW_VECTORS_H
#define TESTS_UNIT_HW_VECTORS_H

#include "hw_decoded.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VECTOR_COLUMNS = 7, VECTOR_TEXT_MAX = 2048, VECTOR_BYTES_MAX = 512 };

struct vector {
    char text[VECTOR_TEXT_MAX];
    char *column[VECTOR_COLUMNS]; /* protocol hex status value unit note options */
    const char *file;
    int line;
    const struct hw_driver *driver;
    uint8_t bytes[VECTOR_BYTES_MAX];
    size_t count;
    struct hw_options options;
    char want[DECODED_MAX]; /* as decoded.text */
};

/* Takes the next part up to `separator`, which may be empty. */
static inline char *vector_part(char **rest, char separator)
{
    char *part = *rest;
    char *end = strchr(part, separator);
    *rest = end ? end + 1 : part + strlen(part);
    if (end) {
        *end = '\0';
    }
    return part;
}

static inline void vector_read_bytes(struct vector *vector)
{
    char *at = vector->column[1];
    while (*at) {
        assert_true(vector->count < VECTOR_BYTES_MAX);
        vector->bytes[vector->count++] = (uint8_t)strtoul(at, &at, 16);
        while (*at == ' ') {
            at++;
        }
    }
}

static inline void vector_read_options(struct vector *vector)
{
    const char *options = vector->column[6];
    vector->options.checksum =
        strstr(options, "--checksum on") != NULL ||
        (vector->driver->checksum_default && !strstr(options, "--checksum off"));
    vector->options.mask7 = strstr(options, "--mask7") != NULL;
    const char *unit = strstr(options, "--unit ");
    if (unit) {
        snprintf(vector->options.unit, sizeof vector->options.unit, "%s", unit + strlen("--unit "));
    }
}

static inline void vector_read_expectation(struct vector *vector)
{
    char *status = vector->column[2];
    char *value = vector->column[3];
    char *unit = vector->column[4];
    const bool has_units = strchr(unit, ';') != NULL; /* else one for all */
    size_t length = 0;
    while (*status) {
        const char *one_status = vector_part(&status, ';');
        const char *one_value = vector_part(&value, ';');
        const char *one_unit = has_units ? vector_part(&unit, ';') : unit;
        if (strcmp(one_status, "reject") != 0 && strcmp(one_status, "wait") != 0 &&
            strcmp(one_status, "cmd") != 0) {
            length += (size_t)snprintf(vector->want + length, sizeof vector->want - length,
                                       "%s %s %s;", one_status, one_value, one_unit);
        }
    }
}

typedef void vector_visit(struct vector *vector);

static inline int vector_visit_file(const char *path, vector_visit *visit)
{
    static struct vector vector;
    int rows = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int line = 1;; line++) {
        memset(&vector, 0, sizeof vector);
        if (!fgets(vector.text, sizeof vector.text, file)) {
            break;
        }
        vector.text[strcspn(vector.text, "\n")] = '\0';
        char *rest = vector.text;
        for (size_t i = 0; i < VECTOR_COLUMNS; i++) {
            vector.column[i] = vector_part(&rest, '\t');
        }
        vector.file = path;
        vector.line = line;
        vector.driver = hw_driver_find(vector.column[0]);
        if (line == 1) {
            assert_string_equal(vector.column[0], "protocol");
            continue;
        }
        if (!vector.driver) {
            fail_msg("%s:%d: no driver is called %s", path, line, vector.column[0]);
        }
        vector_read_bytes(&vector);
        vector_read_options(&vector);
        vector_read_expectation(&vector);
        visit(&vector);
        rows++;
    }
    fclose(file);
    return rows;
}

/* Visits every row of every table; returns how many there were. */
static inline int vectors_each(vector_visit *visit)
{
    glob_t tables;
    assert_int_equal(glob("vectors/*.tsv", 0, NULL, &tables), 0);
    int rows = 0;
    for (size_t i = 0; i < tables.gl_pathc; i++) {
        rows += vector_visit_file(tables.gl_pathv[i], visit);
    }
    globfree(&tables);
    return rows;
}

#endif
