/* What is wrong and a person at the bin should know, in words. */
#ifndef KIOSK_UI_NOTICES_H
#define KIOSK_UI_NOTICES_H

#include "kiosk/ui/canvas.h"
#include "kiosk/ui/strings.h"

enum { NOTICES_MAX = 10, NOTICE_HEIGHT = 64 };

struct notices {
    int count; /* the gravest first */
    char texts[NOTICES_MAX][STRINGS_COMPOSED_MAX];
};

/* Neither fine nor absent nor only just started. */
bool notices_sensor_fault(enum sensor_state sensor);

/* Storage, scales, lids and clock. */
void notices_all(struct notices *notices, const struct view *view);
/* Storage alone: what every screen must tell. */
void notices_storage(struct notices *notices, const struct view *view);

/* "2、5": the numbers of the bins whose bit (by index) is set in `which`; returns how many. */
int notices_bin_numbers(char *out, size_t size, const struct view *view, unsigned which);

/* An amber strip; as many lines as fit, the last one counting those that do not. */
void notices_draw(struct canvas *canvas, rect_t rect, const struct notices *notices);

/* Cuts a strip for the storage notice off the top of `page` where there is one, and draws it. */
void notices_cut_storage(struct canvas *canvas, rect_t *page, const struct view *view);
/* The same on a service screen, where little room is news too. */
void notices_cut_service(struct canvas *canvas, rect_t *page, const struct view *view);

#endif
