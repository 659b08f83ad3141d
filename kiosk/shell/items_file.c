#include "kiosk/shell/items_file.h"

#include "assets/items.h"
#include "assets/strings/items.def"
#include "kiosk/ui/strings.h"
#include "kiosk/ui/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
#define ITEM_COLUMN(column, name, word) column,
#include "assets/strings/items.def"
    COLUMN_COUNT
};

static const struct {
    const char *name, *word;
} columns[COLUMN_COUNT] = {
#define ITEM_COLUMN(column, name, word) [column] = {name, word},
#include "assets/strings/items.def"
};

static const struct {
    enum waste_class class;
    const char *word;
} class_words[] = {
#define EXPORT_CLASS(class, word) {class, word},
#include "assets/strings/export.def"
#define ITEM_CLASS_WORD(class, word) {class, word},
#include "assets/strings/items.def"
};

/* Where entries come from whose row names no source. */
#define SOURCE_OF_SITE "SITE"

enum { FIELDS_MAX = 32 };

struct items_file {
    struct items items;
    struct item list[ITEMS_MAX];
    struct item_word words[ITEMS_MAX * 2]; /* of the site's entries */
    int lines[ITEMS_MAX];                  /* of the site's entries, in the order of `own` */
    struct item own[ITEMS_MAX];
    int own_count, word_count;
    char *text;    /* the file; fields end with NUL where their commas were */
    char *letters; /* initials of the site's words */
    size_t letters_used;

    /* While it is read. */
    const char *name;
    int line;
    int8_t place[FIELDS_MAX]; /* of a field: its column, or -1 */
    int place_count;
    char *error;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static bool
fail(struct items_file *file, const char *format, ...)
{
    const int used =
        snprintf(file->error, ITEMS_FILE_ERROR_MAX, "%.200s:%d: ", file->name, file->line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(file->error + used, (size_t)(ITEMS_FILE_ERROR_MAX - used), format, arguments);
    va_end(arguments);
    return false;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* A quoted field in place: doubled quotes become one. NULL where its line has no closing quote. */
static char *take_quoted(char **at)
{
    char *start = ++*at, *to = start;
    for (char *from = start; *from != '\0' && *from != '\n'; from++) {
        if (*from != '"') {
            *to++ = *from;
        } else if (from[1] == '"') {
            *to++ = *from++;
        } else {
            *at = from + 1 + strspn(from + 1, " ");
            *to = '\0';
            return start;
        }
    }
    return NULL;
}

static char *trim(char *text)
{
    while (*text == ' ') {
        text++;
    }
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ') {
        text[--length] = '\0';
    }
    return text;
}

/* The fields of one line; -1 where it is no CSV. `at` moves behind its end. */
static int take_line(struct items_file *file, char **at, char *fields[FIELDS_MAX])
{
    for (int count = 0; count < FIELDS_MAX; count++) {
        char *field = *at;
        if (*field == '"') {
            field = take_quoted(at);
            if (field == NULL) {
                fail(file, "a quote that its line does not close; write \" inside a field as \"\"");
                return -1;
            }
        } else {
            *at += strcspn(*at, ",\n");
        }
        const char end = **at;
        if (end != ',' && end != '\n' && end != '\0') {
            fail(file, "text behind a closing quote; put a comma there");
            return -1;
        }
        if (end != '\0') {
            *(*at)++ = '\0';
        }
        fields[count] = trim(field);
        if (end != ',') {
            return count + 1;
        }
    }
    fail(file, "more than %d columns; take out what does not belong here", FIELDS_MAX);
    return -1;
}

/* ---- words ----------------------------------------------------------------------------------- */

static enum column find_column(const char *text)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (strcmp(columns[i].name, text) == 0 || strcmp(columns[i].word, text) == 0) {
            return (enum column)i;
        }
    }
    return COLUMN_COUNT;
}

static enum waste_class find_class(const char *text)
{
    for (size_t i = 0; i < sizeof class_words / sizeof class_words[0]; i++) {
        if (strcmp(class_words[i].word, text) == 0) {
            return class_words[i].class;
        }
    }
    return waste_class_find(text);
}

static enum item_group find_group(const char *text)
{
    for (int i = 0; i < ITEM_GROUP_COUNT; i++) {
        if (strcmp(strings_get((enum string_id)(STR_GROUP_MEALS + i)), text) == 0) {
            return (enum item_group)i;
        }
    }
    return item_group_find(text);
}

/* ---- letters --------------------------------------------------------------------------------- */

/* The first letter of a character's own reading in column pinyin; '\0' where it has none. */
static char own_letter(const char *readings, const char *character, int size)
{
    const char *at = strstr(readings, character);
    const char letter = at != NULL ? at[size] : '\0';
    return letter >= 'a' && letter <= 'z' ? letter : '\0';
}

static char letter_of(const char *readings, const char *at, uint32_t code, int size)
{
    char character[8];
    memcpy(character, at, (size_t)size);
    character[size] = '\0';
    if (code < 0x80) {
        const bool upper = code >= 'A' && code <= 'Z', lower = code >= 'a' && code <= 'z';
        return upper ? (char)(code - 'A' + 'a') : lower ? (char)code : '\0';
    }
    const char own = own_letter(readings, character, size);
    const bool is_common = code >= ITEMS_FIRST && code < ITEMS_FIRST + ITEMS_LETTERS;
    return own != '\0' ? own : is_common ? items_letters[code - ITEMS_FIRST] : '\0';
}

/* Initials of a name; at most one letter for each byte of it, and their NUL. */
static const char *spell(struct items_file *file, const char *text, const char *readings)
{
    char *letters = file->letters + file->letters_used;
    size_t count = 0;
    uint32_t code;
    for (int size; (size = text_decode(text, &code)) > 0; text += size) {
        const char letter = letter_of(readings, text, code, size);
        if (letter != '\0') {
            letters[count++] = letter;
        }
    }
    letters[count] = '\0';
    file->letters_used += count + 1;
    return letters;
}

/* ---- one entry ------------------------------------------------------------------------------- */

static bool add_word(struct items_file *file, struct item *item, const char *text,
                     const char *readings)
{
    if (strlen(text) >= ITEM_NAME_MAX) {
        return fail(file, "\"%s\" is longer than %d bytes (%d characters); shorten it", text,
                    ITEM_NAME_MAX - 1, (ITEM_NAME_MAX - 1) / 3);
    }
    if (item->word_count == ITEM_WORDS_MAX) {
        return fail(file, "more than %d names of one thing; take some out", ITEM_WORDS_MAX);
    }
    if ((size_t)file->word_count == sizeof file->words / sizeof file->words[0]) {
        return fail(file, "more than %d names in this file; take some out", file->word_count);
    }
    struct item_word *word = &file->words[file->word_count++];
    *word = (struct item_word){.text = text, .initials = spell(file, text, readings), .pinyin = ""};
    item->word_count++;
    if (word->initials[0] == '\0') {
        return fail(file, "\"%s\" has no letters to search it by; give them in column pinyin",
                    text);
    }
    return true;
}

/* Where the next other name begins; cuts the one before. NULL at the end. */
static char *cut_alias(char *at)
{
    static const char *const marks[] = {"|", ";", ITEM_ALIAS_MARKS};
    char *first = NULL;
    size_t length = 0;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        char *found = strstr(at, marks[i]);
        if (found != NULL && (first == NULL || found < first)) {
            first = found;
            length = strlen(marks[i]);
        }
    }
    if (first == NULL) {
        return NULL;
    }
    *first = '\0';
    return first + length;
}

static bool add_aliases(struct items_file *file, struct item *item, char *aliases,
                        const char *readings)
{
    while (aliases != NULL) {
        char *next = cut_alias(aliases);
        const char *alias = trim(aliases);
        if (alias[0] != '\0' && !add_word(file, item, alias, readings)) {
            return false;
        }
        aliases = next;
    }
    return true;
}

static const struct item *find_builtin(const char *name)
{
    for (int i = 0; i < items_builtin.count; i++) {
        if (strcmp(items_builtin.list[i].words[0].text, name) == 0) {
            return &items_builtin.list[i];
        }
    }
    return NULL;
}

static bool read_local(struct items_file *file, const char *text, bool *local)
{
    const bool yes = strcmp(text, "1") == 0 || strcmp(text, ITEM_YES) == 0;
    const bool no = strcmp(text, "0") == 0 || strcmp(text, ITEM_NO) == 0;
    *local = !no;
    return yes || no || text[0] == '\0' ||
           fail(file, "local is \"%.40s\"; write 1 or 0, or leave it out", text);
}

static bool add_item(struct items_file *file, char *const values[COLUMN_COUNT])
{
    const char *name = values[COLUMN_NAME];
    const struct item *builtin = find_builtin(name);
    const enum waste_class class = find_class(values[COLUMN_CLASS]);
    enum item_group group = builtin != NULL ? (enum item_group)builtin->group : ITEM_DAILY;
    if (name[0] == '\0') {
        return fail(file, "the name is empty; give one or delete the line");
    }
    if (class == WASTE_NONE) {
        return fail(file,
                    "class \"%.40s\" is not known; write recyclable, hazardous, kitchen or "
                    "residual, or the Chinese word",
                    values[COLUMN_CLASS]);
    }
    if (values[COLUMN_GROUP][0] != '\0') {
        group = find_group(values[COLUMN_GROUP]);
    }
    if (group == ITEM_GROUP_NONE) {
        return fail(file, "group \"%.40s\" is not known; copy one from the tiles of the search",
                    values[COLUMN_GROUP]);
    }
    if (strlen(values[COLUMN_TIP]) >= ITEM_TIP_MAX) {
        return fail(file, "the tip is longer than %d bytes (%d characters); shorten it",
                    ITEM_TIP_MAX - 1, (ITEM_TIP_MAX - 1) / 3);
    }
    if (strlen(values[COLUMN_SOURCE]) >= ITEM_SOURCE_MAX) {
        return fail(file, "the source is longer than %d bytes; shorten it", ITEM_SOURCE_MAX - 1);
    }
    if (file->own_count == ITEMS_MAX - 1) {
        return fail(file, "more than %d entries in all; take some out", ITEMS_MAX - 1);
    }
    file->lines[file->own_count] = file->line;
    struct item *item = &file->own[file->own_count++];
    *item = (struct item){.words = &file->words[file->word_count],
                          .class = (uint8_t) class,
                          .group = (uint8_t)group,
                          .tip = values[COLUMN_TIP],
                          .source = values[COLUMN_SOURCE][0] != '\0' ? values[COLUMN_SOURCE]
                                                                     : SOURCE_OF_SITE};
    return read_local(file, values[COLUMN_LOCAL], &item->local) &&
           add_word(file, item, name, values[COLUMN_PINYIN]) &&
           add_aliases(file, item, values[COLUMN_ALIASES], values[COLUMN_PINYIN]);
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool read_header(struct items_file *file, char *const fields[], int count)
{
    bool seen[COLUMN_COUNT] = {false};
    for (int i = 0; i < count; i++) {
        const enum column column = find_column(fields[i]);
        if (column == COLUMN_COUNT && fields[i][0] != '\0') {
            return fail(file,
                        "column \"%.40s\" is not known; the first line names the columns: "
                        "name, aliases, class, group, tip, source, local, pinyin",
                        fields[i]);
        }
        if (column != COLUMN_COUNT && seen[column]) {
            return fail(file, "column \"%.40s\" is there twice; delete one", fields[i]);
        }
        if (column != COLUMN_COUNT) {
            seen[column] = true;
        }
        file->place[i] = column == COLUMN_COUNT ? -1 : (int8_t)column;
    }
    file->place_count = count;
    return (seen[COLUMN_NAME] && seen[COLUMN_CLASS]) ||
           fail(file, "the columns name and class are needed; name them in the first line");
}

static bool read_row(struct items_file *file, char *const fields[], int count)
{
    static char nothing[1];
    char *values[COLUMN_COUNT];
    bool is_empty = true;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        values[i] = nothing;
    }
    for (int i = 0; i < count; i++) {
        is_empty = is_empty && fields[i][0] == '\0';
        const int column = i < file->place_count ? file->place[i] : -1;
        if (column < 0 && fields[i][0] != '\0') {
            return fail(file, "\"%.40s\" stands in no named column; quote fields with commas",
                        fields[i]);
        }
        if (column >= 0) {
            values[column] = fields[i];
        }
    }
    return is_empty || add_item(file, values);
}

static bool read_rows(struct items_file *file)
{
    char *at = file->text;
    if (strncmp(at, "\xEF\xBB\xBF", 3) == 0) {
        at += 3; /* the byte-order mark of spreadsheets */
    }
    for (bool first = true; first || *at != '\0'; first = false) {
        char *fields[FIELDS_MAX];
        const int count = take_line(file, &at, fields);
        if (count < 0 ||
            !(first ? read_header(file, fields, count) : read_row(file, fields, count))) {
            return false;
        }
        file->line++;
    }
    return true;
}

/* UTF-8 without control characters: nothing of them can be shown or belongs in a ledger. Returns
 * become blanks, so that lines end with "\n" alone. */
static bool check_text(struct items_file *file, char *bytes, size_t length)
{
    file->line = 1;
    for (size_t at = 0; at < length;) {
        const unsigned char byte = (unsigned char)bytes[at];
        uint32_t code = byte;
        const int size = byte < 0x80 ? 1 : text_decode(bytes + at, &code);
        if (byte >= 0x80 && size == 1) {
            return fail(file, "not UTF-8; save it as \"CSV UTF-8\"");
        }
        if (byte == '\r') {
            bytes[at] = ' ';
        } else if (code == 0x7F || (code < 0x20 && code != '\n')) {
            return fail(file, "a control character (%d); take it out", byte);
        }
        file->line += byte == '\n';
        at += (size_t)size;
    }
    file->line = 1;
    return true;
}

/* ---- merging --------------------------------------------------------------------------------- */

static bool is_overridden(const struct items_file *file, const struct item *item)
{
    for (int i = 0; i < file->own_count; i++) {
        if (strcmp(file->own[i].words[0].text, item->words[0].text) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_word(const struct item *item, int count, const char *text)
{
    for (int k = 0; k < count; k++) {
        if (strcmp(item->words[k].text, text) == 0) {
            return true;
        }
    }
    return false;
}

/* No name may lead to two entries. */
static bool check_word(struct items_file *file, int index, int word)
{
    const char *text = file->own[index].words[word].text;
    file->line = file->lines[index];
    if (has_word(&file->own[index], word, text)) {
        return fail(file, "\"%s\" is there twice; delete one", text);
    }
    for (int i = 0; i < index; i++) {
        if (has_word(&file->own[i], file->own[i].word_count, text)) {
            return fail(file, "\"%s\" is in line %d as well; delete one", text, file->lines[i]);
        }
    }
    for (int i = 0; i < file->items.count; i++) {
        const struct item *item = &file->list[i];
        if (has_word(item, item->word_count, text)) {
            return fail(file,
                        "\"%s\" is a name of the built-in \"%s\"; add a line for \"%s\" that says "
                        "what it is here",
                        text, item->words[0].text, item->words[0].text);
        }
    }
    return true;
}

static int by_letters(const void *a, const void *b)
{
    const struct item *one = a, *other = b;
    const int order = strcmp(one->words[0].initials, other->words[0].initials);
    return order != 0 ? order : strcmp(one->words[0].text, other->words[0].text);
}

static bool merge(struct items_file *file)
{
    for (int i = 0; i < items_builtin.count; i++) {
        if (!is_overridden(file, &items_builtin.list[i])) {
            file->list[file->items.count++] = items_builtin.list[i];
        }
    }
    for (int i = 0; i < file->own_count; i++) {
        for (int word = 0; word < file->own[i].word_count; word++) {
            if (!check_word(file, i, word)) {
                return false;
            }
        }
    }
    if (file->items.count + file->own_count > ITEMS_MAX) {
        return fail(file,
                    "%d entries are added to %d of the program, %d is the most; take some out",
                    file->own_count, file->items.count, ITEMS_MAX);
    }
    memcpy(&file->list[file->items.count], file->own,
           (size_t)file->own_count * sizeof file->own[0]);
    file->items.count += file->own_count;
    file->items.list = file->list;
    qsort(file->list, (size_t)file->items.count, sizeof file->list[0], by_letters);
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

struct items_file *items_file_parse(const char *bytes, size_t length, const char *name,
                                    char error[ITEMS_FILE_ERROR_MAX])
{
    struct items_file *file = calloc(1, sizeof *file);
    if (file != NULL) {
        file->name = name;
        file->error = error;
        file->text = calloc(1, length + 1);
        file->letters = calloc(2, length + 1);
    }
    if (file == NULL || file->text == NULL || file->letters == NULL) {
        snprintf(error, ITEMS_FILE_ERROR_MAX, "%.200s: no memory to read it", name);
        items_file_close(file);
        return NULL;
    }
    memcpy(file->text, bytes, length);
    if (!check_text(file, file->text, length) || !read_rows(file) || !merge(file)) {
        items_file_close(file);
        return NULL;
    }
    return file;
}

struct items_file *items_file_open(const char *path, char error[ITEMS_FILE_ERROR_MAX])
{
    struct items_file *result = NULL;
    FILE *from = fopen(path, "re");
    char *bytes = from == NULL ? NULL : malloc(ITEMS_FILE_BYTES_MAX + 1);
    size_t length = bytes == NULL ? 0 : fread(bytes, 1, ITEMS_FILE_BYTES_MAX + 1, from);
    if (from == NULL || bytes == NULL || ferror(from)) {
        snprintf(error, ITEMS_FILE_ERROR_MAX,
                 "%.200s: %s; correct site.items in the site file, or take it out", path,
                 strerror(errno));
    } else if (length > ITEMS_FILE_BYTES_MAX) {
        snprintf(error, ITEMS_FILE_ERROR_MAX, "%.200s: larger than %d bytes; take entries out",
                 path, ITEMS_FILE_BYTES_MAX);
    } else {
        result = items_file_parse(bytes, length, path, error);
    }
    free(bytes);
    if (from != NULL) {
        fclose(from);
    }
    return result;
}

const struct items *items_file_items(const struct items_file *file)
{
    return &file->items;
}

void items_file_close(struct items_file *file)
{
    if (file != NULL) {
        free(file->text);
        free(file->letters);
        free(file);
    }
}
