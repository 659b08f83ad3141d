/* An export as a workbook for spreadsheets: one sheet, a fixed first row, numbers as numbers and
 * moments as dates.
 *
 * A workbook is a packed file, which cannot be written from front to back: it is made in a file of
 * its own without a name (in TMPDIR, else /tmp) and read from there. Memory does not grow with the
 * number of rows.
 */
#ifndef KIOSK_REPORT_XLSX_H
#define KIOSK_REPORT_XLSX_H

#include "kiosk/report/columns.h"

enum { XLSX_ROWS_MAX = 1048575 }; /* beside the header: what a sheet holds */

/* Reads `cursor` to its end and returns the descriptor of the finished workbook, to be closed by
 * the caller; -1: `error` says why and what to do. */
int xlsx_make(struct record_cursor *cursor, const struct column *columns, int64_t *rows,
              char error[LEDGER_ERROR_MAX]);

#endif
