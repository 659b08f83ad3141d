#include "kiosk/ui/theme.h"

/* Relative luminance in 1/10000 of white, sRGB taken as a plain square: good to a few percent,
 * which is enough to choose between two extremes. */
static uint32_t luminance(uint32_t rgb)
{
    const uint32_t red = rgb >> 16 & 0xFF;
    const uint32_t green = rgb >> 8 & 0xFF;
    const uint32_t blue = rgb & 0xFF;
    return (2126 * red * red + 7152 * green * green + 722 * blue * blue) / (255 * 255);
}

uint32_t theme_text_on(uint32_t ground)
{
    /* Contrast (L1 + 0.05) / (L2 + 0.05) of white and of black is equal at L = 0.179. White is
     * kept a little longer, to 0.183 (4.5:1): the legal signs carry white symbols. */
    return luminance(ground) <= 1830 ? COLOUR_WHITE : COLOUR_INK;
}

static uint32_t mix(uint32_t from, uint32_t to, uint32_t percent)
{
    return (from * (100 - percent) + to * percent) / 100;
}

uint32_t theme_shade(uint32_t rgb, int percent)
{
    const uint32_t to = theme_text_on(rgb) == COLOUR_WHITE ? 0x00 : 0xFF;
    const uint32_t red = mix(rgb >> 16 & 0xFF, to, (uint32_t)percent);
    const uint32_t green = mix(rgb >> 8 & 0xFF, to, (uint32_t)percent);
    const uint32_t blue = mix(rgb & 0xFF, to, (uint32_t)percent);
    return red << 16 | green << 8 | blue;
}
