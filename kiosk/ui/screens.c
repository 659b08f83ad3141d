#include "kiosk/ui/screens.h"

const struct screen screens[SCREEN_COUNT] = {
    [SCREEN_CHOOSE] = {screen_choose_draw, screen_choose_key},
    [SCREEN_SEARCH] = {screen_search_draw, screen_search_key},
    [SCREEN_GUIDE] = {screen_guide_draw, screen_guide_key},
    [SCREEN_WRONG] = {screen_wrong_draw, screen_wrong_key},
    [SCREEN_RECEIPT] = {screen_receipt_draw, screen_receipt_key},
    [SCREEN_KEYPAD] = {screen_keypad_draw, screen_keypad_key},
    [SCREEN_FILL] = {screen_fill_draw, screen_fill_key},
    [SCREEN_COLLECT] = {screen_collect_draw, screen_collect_key},
    [SCREEN_DEVICES] = {screen_devices_draw, screen_devices_key},
    [SCREEN_INSPECT] = {screen_inspect_draw, screen_inspect_key},
};

int screens_key_digit(enum ui_key key)
{
    return key >= UI_KEY_DIGIT_0 && key <= UI_KEY_DIGIT_9 ? (int)key - (int)UI_KEY_DIGIT_0 : -1;
}
