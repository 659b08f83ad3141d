/* The icons of the screens, by name.
 *
 * Each is one SVG of assets/icons; the two digits its file name begins with fix its code point in
 * the icon font, so a name here, a file there and a glyph are one thing (a test compares them).
 */
#ifndef KIOSK_UI_ICONS_H
#define KIOSK_UI_ICONS_H

/* X(NAME, number, "file name without number and ending") */
#define ICONS(X)                                                                                   \
    X(ICON_RECYCLABLE, 1, "recyclable")                                                            \
    X(ICON_HAZARDOUS, 2, "hazardous")                                                              \
    X(ICON_KITCHEN, 3, "kitchen")                                                                  \
    X(ICON_RESIDUAL, 4, "residual")                                                                \
    X(ICON_CHECK, 10, "check")                                                                     \
    X(ICON_CROSS, 11, "cross")                                                                     \
    X(ICON_ARROW_RIGHT, 12, "arrow-right")                                                         \
    X(ICON_ARROW_UP, 13, "arrow-up")                                                               \
    X(ICON_CLOCK, 14, "clock")                                                                     \
    X(ICON_BROOM, 15, "broom")                                                                     \
    X(ICON_WARNING, 16, "warning")                                                                 \
    X(ICON_LID, 17, "lid")                                                                         \
    X(ICON_WEIGHT, 18, "weight")                                                                   \
    X(ICON_BACKSPACE, 19, "backspace")                                                             \
    X(ICON_BACK, 20, "back")                                                                       \
    X(ICON_LOCK, 21, "lock")                                                                       \
    X(ICON_BIN, 22, "bin")                                                                         \
    X(ICON_ARROW_DOWN, 23, "arrow-down")                                                           \
    X(ICON_SEARCH, 24, "search")

enum icon {
    ICON_NONE = 0,
#define X(name, number, file) name = 0xE000 + (number),
    ICONS(X)
#undef X
};

#endif
