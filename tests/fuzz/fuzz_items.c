/* Any bytes as the site's own dictionary: refused with a reason that names the file, or every entry
 * keeps the promises that searching and the screens build on. */
#include "kiosk/shell/items_file.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char file_name[] = "fuzz.csv";

static void check_item(const struct items *items, int index)
{
    const struct item *item = &items->list[index];
    FUZZ_CHECK(item->class < WASTE_CLASS_COUNT && item->group < ITEM_GROUP_COUNT);
    FUZZ_CHECK(item->word_count >= 1 && item->word_count <= ITEM_WORDS_MAX);
    FUZZ_CHECK(strlen(item->tip) < ITEM_TIP_MAX && strlen(item->source) < ITEM_SOURCE_MAX);
    for (int i = 0; i < item->word_count; i++) {
        const struct item_word *word = &item->words[i];
        const size_t letters = strlen(word->initials);
        FUZZ_CHECK(strlen(word->text) > 0 && strlen(word->text) < ITEM_NAME_MAX);
        FUZZ_CHECK(letters > 0 && letters <= strlen(word->text));
        FUZZ_CHECK(strspn(word->initials, "abcdefghijklmnopqrstuvwxyz") == letters);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[ITEMS_FILE_ERROR_MAX];
    memset(error, 'x', sizeof error);
    struct items_file *file = items_file_parse((const char *)data, size, file_name, error);
    if (file == NULL) {
        FUZZ_CHECK(memchr(error, '\0', sizeof error) != NULL);
        FUZZ_CHECK(strncmp(error, file_name, strlen(file_name)) == 0);
        return 0;
    }
    const struct items *items = items_file_items(file);
    FUZZ_CHECK(items->count > 0 && items->count <= ITEMS_MAX);
    for (int i = 0; i < items->count; i++) {
        check_item(items, i);
    }
    /* The site's own entries are the ones that may be spelt by these very bytes. */
    char letters[ITEM_LETTERS_MAX + 1] = "";
    for (size_t i = 0; i < size && i < ITEM_LETTERS_MAX; i++) {
        letters[i] = (char)('a' + data[size - 1 - i] % 26);
        uint16_t found[ITEM_PAGE_MAX];
        const int total = items_search(items, letters, 0, found, ITEM_PAGE_MAX);
        FUZZ_CHECK(total >= 0 && total <= items->count);
        FUZZ_CHECK(total == 0 || found[0] < items->count);
    }
    items_file_close(file);
    return 0;
}
