/* One row a screen: how it is drawn and what keys mean on it. */
#ifndef KIOSK_UI_SCREENS_H
#define KIOSK_UI_SCREENS_H

#include "kiosk/ui/canvas.h"

struct screen {
    void (*draw)(struct canvas *canvas, const struct view *view);
    intent_t (*key)(const struct view *view, enum ui_key key);
};

extern const struct screen screens[SCREEN_COUNT];

void screen_choose_draw(struct canvas *canvas, const struct view *view);
void screen_search_draw(struct canvas *canvas, const struct view *view);
void screen_guide_draw(struct canvas *canvas, const struct view *view);
void screen_wrong_draw(struct canvas *canvas, const struct view *view);
void screen_receipt_draw(struct canvas *canvas, const struct view *view);
void screen_keypad_draw(struct canvas *canvas, const struct view *view);
void screen_fill_draw(struct canvas *canvas, const struct view *view);
void screen_collect_draw(struct canvas *canvas, const struct view *view);
void screen_devices_draw(struct canvas *canvas, const struct view *view);
void screen_inspect_draw(struct canvas *canvas, const struct view *view);

intent_t screen_choose_key(const struct view *view, enum ui_key key);
intent_t screen_search_key(const struct view *view, enum ui_key key);
intent_t screen_guide_key(const struct view *view, enum ui_key key);
intent_t screen_wrong_key(const struct view *view, enum ui_key key);
intent_t screen_receipt_key(const struct view *view, enum ui_key key);
intent_t screen_keypad_key(const struct view *view, enum ui_key key);
intent_t screen_fill_key(const struct view *view, enum ui_key key);
intent_t screen_collect_key(const struct view *view, enum ui_key key);
intent_t screen_devices_key(const struct view *view, enum ui_key key);
intent_t screen_inspect_key(const struct view *view, enum ui_key key);

/* The digit of a key, or -1. */
int screens_key_digit(enum ui_key key);

#endif
