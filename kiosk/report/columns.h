/* What the downloads contain: for each kind of record its columns, from one table each.
 *
 * A cell is read from a record as a value; the format decides how it looks. Pure.
 */
#ifndef KIOSK_REPORT_COLUMNS_H
#define KIOSK_REPORT_COLUMNS_H

#include "kiosk/report/text.h"
#include "kiosk/store/query.h"

enum cell_type {
    CELL_UNKNOWN, /* CSV: empty; JSON: null */
    CELL_NUMBER,
    CELL_TENTHS, /* a number in tenths */
    CELL_DAY,    /* local_day() */
    CELL_TIME,   /* UTC ms; CSV: local time, JSON: ISO 8601 */
    CELL_WORD,   /* one of our own words: `text` is its id, `shown` its Chinese */
    CELL_TEXT    /* text from elsewhere */
};

typedef struct cell_t {
    enum cell_type type;
    int64_t number;
    const char *text; /* borrowed from the record or constant */
    const text_word_t *shown;
} cell_t;

struct column {
    const char *name; /* JSON key or CSV header; NULL ends the table */
    cell_t (*cell)(const struct ledger_record *record);
};

const struct column *columns_csv(enum record_kind kind);
const struct column *columns_json(enum record_kind kind);

/* Writes a record as a line of CSV, with its end; NULL where columns_csv() is all there is. The
 * line is one function in which the compiler sees every cell: a site writes a million a year or
 * two. */
typedef void column_line(struct text *line, const struct ledger_record *record);
column_line *columns_csv_line(enum record_kind kind);

static inline void cell_put_csv(struct text *line, const cell_t *cell)
{
    switch (cell->type) {
    case CELL_UNKNOWN:
        break;
    case CELL_NUMBER:
        text_put_integer(line, cell->number);
        break;
    case CELL_TENTHS:
        text_put_tenths(line, cell->number);
        break;
    case CELL_DAY:
        text_put_day(line, cell->number);
        break;
    case CELL_TIME:
        text_put_local_time(line, cell->number);
        break;
    case CELL_WORD:
        text_put_word(line, cell->shown);
        break;
    case CELL_TEXT:
        text_put_csv_guarded(line, cell->text);
        break;
    }
}

/* The Chinese word of a kind of record, for file names. */
const char *word_record(enum record_kind kind);

#endif
