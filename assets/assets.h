/* Files embedded in the program: read-only, shared pages of the executable, valid for ever.
 *
 * Each `embed(NAME FILE)` of assets/CMakeLists.txt gives asset_NAME and asset_NAME_size. Text files
 * carry no terminating NUL: use the size.
 */
#ifndef ASSETS_ASSETS_H
#define ASSETS_ASSETS_H

#include <stddef.h>

#define ASSET(name)                                                                                \
    extern const unsigned char asset_##name[];                                                     \
    extern const size_t asset_##name##_size

ASSET(font_regular); /* Noto Sans CJK SC, the subset of assets/fonts/subset.py */
ASSET(font_bold);
ASSET(font_icons);     /* assets/icons, U+E000+NN; the em box is the drawing's view box */
ASSET(simulated_site); /* assets/deploy/simulated.cfg */

#endif
