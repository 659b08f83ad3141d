#include "kiosk/shell/glyphs.h"

#include "assets/assets.h"

#include <SDL.h>
#include <SDL_ttf.h>
#include <assert.h>
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EM_UNITS = 1000, /* advances are kept in 1/1000 em */
    UNITS_SIZE = 0,  /* the "size" of the entry that keeps them */
    ENTRIES_FULL = GLYPHS_ENTRIES * 3 / 4,
    REPLACEMENT = 0xFFFD
};

/* A character at a size (its mask), or at UNITS_SIZE (its advance). Key 0 is an empty slot. */
struct entry {
    uint64_t key;
    uint32_t offset;
    int16_t left, top;
    uint16_t width, height;
    int16_t units;
    uint8_t source; /* enum source */
};

enum source { SOURCE_SUBSET, SOURCE_FULL, SOURCE_BOX, SOURCE_NOTHING };

struct face {
    TTF_Font *font;
    int size; /* the one set last */
};

struct glyphs {
    struct face subset[FONT_COUNT];
    struct face full[FONT_COUNT];
    bool full_tried[FONT_COUNT];
    struct glyphs_statistics statistics;
    struct entry entries[GLYPHS_ENTRIES];
    uint8_t arena[GLYPHS_ARENA_BYTES];
};

static const struct {
    const unsigned char *bytes;
    const size_t *size;
    const char *full_style; /* NULL: no other font can stand in */
} weights[FONT_COUNT] = {
    [FONT_REGULAR] = {asset_font_regular, &asset_font_regular_size, "Regular"},
    [FONT_BOLD] = {asset_font_bold, &asset_font_bold_size, "Bold"},
    [FONT_ICONS] = {asset_font_icons, &asset_font_icons_size, NULL},
};

static void prepare(TTF_Font *font)
{
    TTF_SetFontHinting(font, TTF_HINTING_NONE);
    TTF_SetFontKerning(font, 0);
}

struct glyphs *glyphs_open(char error[GLYPHS_ERROR_MAX])
{
    if (TTF_Init() != 0) {
        snprintf(error, GLYPHS_ERROR_MAX, "fonts: SDL_ttf does not start: %s", TTF_GetError());
        return NULL;
    }
    struct glyphs *glyphs = calloc(1, sizeof *glyphs);
    if (glyphs == NULL) {
        snprintf(error, GLYPHS_ERROR_MAX, "fonts: no memory for the glyph cache");
        TTF_Quit();
        return NULL;
    }
    for (int weight = 0; weight < FONT_COUNT; weight++) {
        SDL_RWops *bytes = SDL_RWFromConstMem(weights[weight].bytes, (int)*weights[weight].size);
        TTF_Font *font = bytes == NULL ? NULL : TTF_OpenFontRW(bytes, 1, EM_UNITS);
        if (font == NULL) {
            snprintf(error, GLYPHS_ERROR_MAX,
                     "fonts: embedded font %d cannot be read (%s): build the program again", weight,
                     TTF_GetError());
            glyphs_close(glyphs);
            return NULL;
        }
        prepare(font);
        glyphs->subset[weight] = (struct face){font, EM_UNITS};
    }
    return glyphs;
}

void glyphs_close(struct glyphs *glyphs)
{
    if (glyphs == NULL) {
        return;
    }
    for (int weight = 0; weight < FONT_COUNT; weight++) {
        if (glyphs->subset[weight].font != NULL) {
            TTF_CloseFont(glyphs->subset[weight].font);
        }
        if (glyphs->full[weight].font != NULL) {
            TTF_CloseFont(glyphs->full[weight].font);
        }
    }
    free(glyphs);
    TTF_Quit();
}

/* ---- the machine's full font ----------------------------------------------------------------- */

static TTF_Font *find_full_font(const char *style)
{
    FcConfig *config = FcInitLoadConfigAndFonts();
    FcPattern *pattern =
        FcPatternBuild(NULL, FC_FAMILY, FcTypeString, (const FcChar8 *)"Noto Sans CJK SC", FC_STYLE,
                       FcTypeString, (const FcChar8 *)style, (char *)NULL);
    FcObjectSet *wanted = FcObjectSetBuild(FC_FILE, FC_INDEX, (char *)NULL);
    FcFontSet *found = FcFontList(config, pattern, wanted);
    TTF_Font *font = NULL;
    FcChar8 *file = NULL;
    int index = 0;
    if (found != NULL && found->nfont > 0 &&
        FcPatternGetString(found->fonts[0], FC_FILE, 0, &file) == FcResultMatch &&
        FcPatternGetInteger(found->fonts[0], FC_INDEX, 0, &index) == FcResultMatch) {
        font = TTF_OpenFontIndex((const char *)file, EM_UNITS, index);
    }
    if (found != NULL) {
        FcFontSetDestroy(found);
    }
    FcObjectSetDestroy(wanted);
    FcPatternDestroy(pattern);
    FcConfigDestroy(config);
    if (font != NULL) {
        prepare(font);
    }
    return font;
}

static struct face *full_face(struct glyphs *glyphs, enum font_weight weight)
{
    if (!glyphs->full_tried[weight]) {
        glyphs->full_tried[weight] = true;
        if (weights[weight].full_style != NULL) {
            TTF_Font *font = find_full_font(weights[weight].full_style);
            glyphs->full[weight] = (struct face){font, EM_UNITS};
        }
    }
    return glyphs->full[weight].font == NULL ? NULL : &glyphs->full[weight];
}

/* ---- the table ------------------------------------------------------------------------------- */

static uint64_t entry_key(enum font_weight weight, int size, uint32_t code)
{
    return (uint64_t)1 << 63 | (uint64_t)weight << 48 | (uint64_t)size << 32 | code;
}

/* The slot of a key: its entry, or the empty one where it belongs. */
static struct entry *find(struct glyphs *glyphs, uint64_t key)
{
    uint64_t hash = key * 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio: Fibonacci hashing */
    for (uint32_t slot = (uint32_t)(hash >> 40);; slot++) {
        struct entry *entry = &glyphs->entries[slot % GLYPHS_ENTRIES];
        if (entry->key == key || entry->key == 0) {
            return entry;
        }
    }
}

static void forget_everything(struct glyphs *glyphs)
{
    memset(glyphs->entries, 0, sizeof glyphs->entries);
    glyphs->statistics.entries = 0;
    glyphs->statistics.arena_used = 0;
    glyphs->statistics.emptied++;
}

/* A place for one more entry; finding may have moved it, so the slot is looked up last. */
static struct entry *add(struct glyphs *glyphs, uint64_t key, int mask_bytes)
{
    assert(mask_bytes <= GLYPHS_ARENA_BYTES);
    if (glyphs->statistics.entries >= ENTRIES_FULL ||
        glyphs->statistics.arena_used + mask_bytes > GLYPHS_ARENA_BYTES) {
        forget_everything(glyphs);
    }
    struct entry *entry = find(glyphs, key);
    assert(entry->key == 0);
    *entry = (struct entry){.key = key, .offset = (uint32_t)glyphs->statistics.arena_used};
    glyphs->statistics.arena_used += mask_bytes;
    glyphs->statistics.entries++;
    return entry;
}

/* ---- rendering ------------------------------------------------------------------------------- */

static void set_size(struct face *face, int size)
{
    if (face->size != size) {
        TTF_SetFontSize(face->font, size);
        face->size = size;
    }
}

/* Advance and source of a character: looked up once for all sizes, because advances are linear. */
static struct entry character_of(struct glyphs *glyphs, enum font_weight weight, uint32_t code)
{
    uint64_t key = entry_key(weight, UNITS_SIZE, code);
    struct entry *known = find(glyphs, key);
    if (known->key != 0) {
        return *known;
    }
    int units = EM_UNITS;
    enum source source = SOURCE_BOX;
    struct face *face = &glyphs->subset[weight];
    if (code < ' ' || code == 0x7F) {
        units = 0;
        source = SOURCE_NOTHING;
    } else if (TTF_GlyphIsProvided32(face->font, code)) {
        source = SOURCE_SUBSET;
    } else if ((face = full_face(glyphs, weight)) != NULL &&
               TTF_GlyphIsProvided32(face->font, code)) {
        source = SOURCE_FULL;
        glyphs->statistics.from_full_font++;
    } else {
        glyphs->statistics.boxes++;
    }
    if (source == SOURCE_SUBSET || source == SOURCE_FULL) {
        set_size(face, EM_UNITS);
        TTF_GlyphMetrics32(face->font, code, NULL, NULL, NULL, NULL, &units);
    }
    struct entry *entry = add(glyphs, key, 0);
    entry->units = (int16_t)units;
    entry->source = (uint8_t)source;
    return *entry;
}

static int advance_at(int units, int size)
{
    return (units * size + EM_UNITS / 2) / EM_UNITS;
}

/* An outlined box, as wide as a hanzi: something is missing, and it shows. */
static struct entry *render_box(struct glyphs *glyphs, uint64_t key, int size)
{
    int side = size * 3 / 4 + 1;
    int line = size / 16 + 1;
    struct entry *entry = add(glyphs, key, side * side);
    entry->left = (int16_t)((size - side) / 2);
    entry->top = (int16_t)side;
    entry->width = entry->height = (uint16_t)side;
    uint8_t *mask = glyphs->arena + entry->offset;
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            bool edge = x < line || y < line || x >= side - line || y >= side - line;
            mask[y * side + x] = edge ? 255 : 0;
        }
    }
    return entry;
}

/* SDL_ttf draws a single character on a surface as high as the font; the glyph's own box is cut out
 * of it. Shaded surfaces hold the coverage itself as palette index. */
static struct entry *render_font(struct glyphs *glyphs, struct face *face, uint64_t key, int size,
                                 uint32_t code)
{
    static const SDL_Color white = {255, 255, 255, 255}, black = {0, 0, 0, 255};
    int left = 0, right = 0, bottom = 0, top = 0;
    set_size(face, size);
    TTF_GlyphMetrics32(face->font, code, &left, &right, &bottom, &top, NULL);
    SDL_Surface *surface = right > left && top > bottom
                               ? TTF_RenderGlyph32_Shaded(face->font, code, white, black)
                               : NULL;
    if (surface == NULL) {
        return add(glyphs, key, 0);
    }
    int ascent = TTF_FontAscent(face->font);
    int from_x = left > 0 ? left : 0;
    int from_y = ascent > top ? ascent - top : 0;
    int width = SDL_min(right - left, surface->w - from_x);
    int height = SDL_min(top - bottom, surface->h - from_y);
    struct entry *entry = add(glyphs, key, width * height);
    entry->left = (int16_t)left;
    entry->top = (int16_t)top;
    entry->width = (uint16_t)width;
    entry->height = (uint16_t)height;
    const uint8_t *pixels = surface->pixels;
    for (int y = 0; y < height; y++) {
        memcpy(glyphs->arena + entry->offset + y * width,
               pixels + (from_y + y) * surface->pitch + from_x, (size_t)width);
    }
    SDL_FreeSurface(surface);
    return entry;
}

/* The entry of a character at a size. */
static const struct entry *glyph_at(struct glyphs *glyphs, enum font_weight weight, int size,
                                    uint32_t code, const struct entry *character)
{
    uint64_t key = entry_key(weight, size, code);
    struct entry *entry = find(glyphs, key);
    if (entry->key != 0) {
        return entry;
    }
    glyphs->statistics.rendered++;
    switch ((enum source)character->source) {
    case SOURCE_SUBSET:
        return render_font(glyphs, &glyphs->subset[weight], key, size, code);
    case SOURCE_FULL:
        return render_font(glyphs, &glyphs->full[weight], key, size, code);
    case SOURCE_BOX:
        return render_box(glyphs, key, size);
    case SOURCE_NOTHING:
        break;
    }
    return add(glyphs, key, 0);
}

static int clamp_size(int size)
{
    return size < 1 ? 1 : size > GLYPHS_SIZE_MAX ? GLYPHS_SIZE_MAX : size;
}

void glyphs_get(struct glyphs *glyphs, enum font_weight weight, int size, uint32_t code,
                struct glyph *glyph)
{
    size = clamp_size(size);
    struct entry character = character_of(glyphs, weight, code);
    const struct entry *entry = glyph_at(glyphs, weight, size, code, &character);
    *glyph = (struct glyph){
        .mask = entry->width == 0 ? NULL : glyphs->arena + entry->offset,
        .left = entry->left,
        .top = entry->top,
        .width = entry->width,
        .height = entry->height,
        .advance = advance_at(character.units, size),
    };
}

int glyphs_width(void *context, enum font_weight weight, int size, const char *text, int count)
{
    struct glyphs *glyphs = context;
    const char *end = text + count;
    int width = 0;
    size = clamp_size(size);
    while (text < end) {
        uint32_t code = glyphs_next_code(&text, end);
        width += advance_at(character_of(glyphs, weight, code).units, size);
    }
    return width;
}

struct draw_metrics glyphs_metrics(struct glyphs *glyphs)
{
    return (struct draw_metrics){.context = glyphs, .text_width = glyphs_width};
}

int glyphs_warm(struct glyphs *glyphs, const struct draw_list *list, int most)
{
    int before = glyphs->statistics.rendered;
    for (int i = 0; i < list->command_count; i++) {
        const struct draw_command *command = &list->commands[i];
        struct glyph glyph;
        if (command->kind == DRAW_ICON) {
            int size = command->rect.w < command->rect.h ? command->rect.w : command->rect.h;
            glyphs_get(glyphs, FONT_ICONS, size, command->icon, &glyph);
        }
        if (command->kind == DRAW_TEXT) {
            const char *text = list->texts + command->text;
            const char *end = text + strlen(text);
            while (text < end && glyphs->statistics.rendered - before < most) {
                glyphs_get(glyphs, (enum font_weight)command->weight, command->size,
                           glyphs_next_code(&text, end), &glyph);
            }
        }
        if (glyphs->statistics.rendered - before >= most) {
            break;
        }
    }
    return glyphs->statistics.rendered - before;
}

struct glyphs_statistics glyphs_statistics(const struct glyphs *glyphs)
{
    return glyphs->statistics;
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

uint32_t glyphs_next_code(const char **text, const char *end)
{
    /* Least code point that needs so many following bytes: shorter spellings are refused. */
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)*text;
    uint32_t code = bytes[0];
    int following = code < 0x80 ? 0 : code >= 0xF0 ? 3 : code >= 0xE0 ? 2 : code >= 0xC0 ? 1 : -1;
    (*text)++;
    if (following == 0) {
        return code;
    }
    if (following < 0 || code >= 0xF8 || end - *text < following) {
        return REPLACEMENT;
    }
    code &= 0x3Fu >> following;
    for (int i = 1; i <= following; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return REPLACEMENT;
        }
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    if (code < least[following] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return REPLACEMENT;
    }
    *text += following;
    return code;
}
