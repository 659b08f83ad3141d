/* The dictionary of the program, held to its promises; and the site's own file. */
#include "assets/items.h"
#include "kiosk/shell/glyphs.h"
#include "kiosk/shell/items_file.h"
#include "kiosk/shell/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char error[ITEMS_FILE_ERROR_MAX];

/* ---- the built-in dictionary ----------------------------------------------------------------- */

static const struct item *entry(const char *name)
{
    const int index = items_find(&items_builtin, name);
    if (index < 0) {
        fail_msg("\"%s\" is not in the dictionary", name);
    }
    return &items_builtin.list[index];
}

static void there_are_enough_and_each_class_and_group_has_some(void **state)
{
    (void)state;
    int classes[WASTE_CLASS_COUNT] = {0}, groups[ITEM_GROUP_COUNT] = {0};
    assert_in_range(items_builtin.count, 600, ITEMS_MAX);
    for (int i = 0; i < items_builtin.count; i++) {
        assert_in_range(items_builtin.list[i].class, 0, WASTE_CLASS_COUNT - 1);
        assert_in_range(items_builtin.list[i].group, 0, ITEM_GROUP_COUNT - 1);
        classes[items_builtin.list[i].class]++;
        groups[items_builtin.list[i].group]++;
    }
    for (int i = 0; i < WASTE_CLASS_COUNT; i++) {
        assert_in_range(classes[i], 50, ITEMS_MAX);
    }
    for (int i = 0; i < ITEM_GROUP_COUNT; i++) {
        assert_in_range(groups[i], 20, ITEMS_MAX);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void no_name_leads_to_two_entries(void **state)
{
    (void)state;
    static const char *names[ITEMS_MAX * ITEM_WORDS_MAX];
    size_t count = 0;
    for (int i = 0; i < items_builtin.count; i++) {
        for (int k = 0; k < items_builtin.list[i].word_count; k++) {
            names[count++] = items_builtin.list[i].words[k].text;
        }
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++) {
        assert_string_not_equal(names[i - 1], names[i]);
    }
}

static bool is_letters(const char *text)
{
    return text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz") == strlen(text);
}

static void every_name_fits_and_has_letters(void **state)
{
    (void)state;
    for (int i = 0; i < items_builtin.count; i++) {
        const struct item *item = &items_builtin.list[i];
        assert_in_range(item->word_count, 1, ITEM_WORDS_MAX);
        assert_in_range(strlen(item->tip), 1, ITEM_TIP_MAX - 1);
        for (int k = 0; k < item->word_count; k++) {
            const struct item_word *word = &item->words[k];
            assert_in_range(strlen(word->text), 1, ITEM_NAME_MAX - 1);
            if (!is_letters(word->initials) || !is_letters(word->pinyin) ||
                word->initials[0] != word->pinyin[0] || strlen(word->pinyin) >= ITEM_PINYIN_MAX) {
                fail_msg("\"%s\" is spelt %s %s", word->text, word->initials, word->pinyin);
            }
        }
    }
}

static void the_list_is_in_the_order_of_its_letters(void **state)
{
    (void)state;
    for (int i = 1; i < items_builtin.count; i++) {
        assert_true(strcmp(items_builtin.list[i - 1].words[0].initials,
                           items_builtin.list[i].words[0].initials) <= 0);
    }
}

static void every_source_is_listed(void **state)
{
    (void)state;
    static char sources[32 * 1024];
    FILE *file = fopen("../assets/items/sources.csv", "rb");
    assert_non_null(file);
    sources[fread(sources, 1, sizeof sources - 1, file)] = '\0';
    fclose(file);
    for (int i = 0; i < items_builtin.count; i++) {
        char row[ITEM_SOURCE_MAX + 3];
        snprintf(row, sizeof row, "\n%s,", items_builtin.list[i].source);
        assert_non_null(strstr(sources, row));
    }
}

static void readings_are_those_of_the_things(void **state)
{
    (void)state;
    static const struct {
        const char *name, *initials, *pinyin;
    } cases[] = {
        {"香蕉皮", "xjp", "xiangjiaopi"},
        {"长尾夹", "cwj", "changweijia"},
        {"茄子", "qz", "qiezi"},
        {"银行卡", "yhk", "yinhangka"},
        {"行李箱", "xlx", "xinglixiang"},
        {"弹簧", "th", "tanhuang"},
        {"发卡", "fq", "faqia"},
        {"调料", "tl", "tiaoliao"},
        {"海参", "hs", "haishen"},
        {"保鲜膜", "bxm", "baoxianmo"},
        {"绿豆", "ld", "lvdou"},
        {"LED灯", "ledd", "leddeng"},
        {"U盘", "up", "upan"},
        {"5号电池", "hdc", "haodianchi"},
        {"花生壳", "hsk", "huashengke"},
        {"荸荠皮", "bqp", "biqipi"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct item *item = entry(cases[i].name);
        for (int k = 0; k < item->word_count; k++) {
            if (strcmp(item->words[k].text, cases[i].name) == 0) {
                assert_string_equal(item->words[k].initials, cases[i].initials);
                assert_string_equal(item->words[k].pinyin, cases[i].pinyin);
            }
        }
    }
}

/* The rules that an inspector of an office compound asks for. */
static void things_go_where_the_rules_say(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum waste_class class;
        bool local;
    } cases[] = {
        {"大棒骨", WASTE_RESIDUAL, false},     {"鸡骨", WASTE_KITCHEN, false},
        {"虾壳", WASTE_KITCHEN, false},        {"贝壳", WASTE_RESIDUAL, false},
        {"玉米芯", WASTE_RESIDUAL, true},      {"果核", WASTE_RESIDUAL, true},
        {"花生壳", WASTE_RESIDUAL, true},      {"榴莲壳", WASTE_RESIDUAL, true},
        {"椰子壳", WASTE_RESIDUAL, true},      {"粽叶", WASTE_RESIDUAL, true},
        {"茶叶渣", WASTE_KITCHEN, false},      {"咖啡渣", WASTE_KITCHEN, false},
        {"奶茶杯", WASTE_RESIDUAL, true},      {"外卖盒", WASTE_RESIDUAL, true},
        {"干电池", WASTE_RESIDUAL, false},     {"5号电池", WASTE_RESIDUAL, false},
        {"纽扣电池", WASTE_HAZARDOUS, false},  {"充电电池", WASTE_HAZARDOUS, false},
        {"充电宝", WASTE_HAZARDOUS, true},     {"日光灯管", WASTE_HAZARDOUS, false},
        {"LED灯", WASTE_RESIDUAL, true},       {"硒鼓", WASTE_HAZARDOUS, true},
        {"墨盒", WASTE_HAZARDOUS, true},       {"过期药品", WASTE_HAZARDOUS, false},
        {"体温计", WASTE_HAZARDOUS, false},    {"84消毒液", WASTE_HAZARDOUS, false},
        {"相纸", WASTE_HAZARDOUS, false},      {"口罩", WASTE_RESIDUAL, false},
        {"餐巾纸", WASTE_RESIDUAL, false},     {"湿纸巾", WASTE_RESIDUAL, false},
        {"小票", WASTE_RESIDUAL, true},        {"传真纸", WASTE_RESIDUAL, false},
        {"打印纸", WASTE_RECYCLABLE, false},   {"报纸", WASTE_RECYCLABLE, false},
        {"纸箱", WASTE_RECYCLABLE, false},     {"污染的纸", WASTE_RESIDUAL, false},
        {"一次性纸杯", WASTE_RESIDUAL, false}, {"易拉罐", WASTE_RECYCLABLE, false},
        {"矿泉水瓶", WASTE_RECYCLABLE, false}, {"陶瓷", WASTE_RESIDUAL, false},
        {"烟蒂", WASTE_RESIDUAL, false},       {"保鲜膜", WASTE_RESIDUAL, false},
        {"手机", WASTE_RECYCLABLE, false},     {"废油", WASTE_KITCHEN, false},
        {"杀虫剂", WASTE_HAZARDOUS, false},    {"油漆", WASTE_HAZARDOUS, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct item *item = entry(cases[i].name);
        if (item->class != cases[i].class || item->local != cases[i].local) {
            fail_msg("%s: %s%s", cases[i].name, waste_class_text((enum waste_class)item->class),
                     item->local ? ", decided locally" : "");
        }
    }
}

static void every_name_is_found_by_its_own_letters(void **state)
{
    (void)state;
    for (int i = 0; i < items_builtin.count; i++) {
        for (int k = 0; k < items_builtin.list[i].word_count; k++) {
            static uint16_t found[ITEMS_MAX];
            const int total = items_search(&items_builtin, items_builtin.list[i].words[k].initials,
                                           0, found, ITEMS_MAX);
            bool is_there = false;
            for (int n = 0; n < total; n++) {
                is_there = is_there || found[n] == i;
            }
            assert_true(is_there);
        }
    }
}

static void draw_text(struct glyphs *glyphs, enum font_weight weight, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        struct glyph glyph;
        glyphs_get(glyphs, weight, 20, glyphs_next_code(&text, end), &glyph);
    }
}

/* No page waits for the machine's own font, and none shows a box. */
static void the_embedded_fonts_have_every_character(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_open(error);
    assert_non_null(glyphs);
    for (int i = 0; i < items_builtin.count; i++) {
        const struct item *item = &items_builtin.list[i];
        draw_text(glyphs, FONT_BOLD, item->tip);
        for (int k = 0; k < item->word_count; k++) {
            draw_text(glyphs, FONT_BOLD, item->words[k].text);
            draw_text(glyphs, FONT_REGULAR, item->words[k].text);
        }
    }
    const struct glyphs_statistics statistics = glyphs_statistics(glyphs);
    assert_in_range(statistics.rendered, 1000, 100000);
    assert_int_equal(statistics.from_full_font, 0);
    assert_int_equal(statistics.boxes, 0);
    glyphs_close(glyphs);
}

/* ---- the site's own file --------------------------------------------------------------------- */

static struct items_file *parse(const char *text)
{
    return items_file_parse(text, strlen(text), "own.csv", error);
}

static const struct item *own(const struct items_file *file, const char *name)
{
    const struct items *items = items_file_items(file);
    const int index = items_find(items, name);
    return index < 0 ? NULL : &items->list[index];
}

static struct items_file *must(const char *text)
{
    struct items_file *file = parse(text);
    if (file == NULL) {
        fail_msg("%s", error);
    }
    return file;
}

static void a_new_entry_is_added_with_the_letters_of_the_table(void **state)
{
    (void)state;
    struct items_file *file = must("\xEF\xBB\xBF名称,类别,别名,提示,分组\r\n"
                                   "食堂餐券,其他垃圾,饭票、餐票,撕碎,纸张纸盒\r\n"
                                   "\r\n"
                                   "\"老茶壶, 缺盖\",residual,,\"包好 \"\"轻放\"\"\",\r\n");
    const struct item *ticket = own(file, "饭票");
    assert_int_equal(items_file_items(file)->count, items_builtin.count + 2);
    assert_non_null(ticket);
    assert_string_equal(ticket->words[0].text, "食堂餐券");
    assert_string_equal(ticket->words[0].initials, "stcq");
    assert_string_equal(ticket->words[2].initials, "cp");
    assert_int_equal(ticket->class, WASTE_RESIDUAL);
    assert_int_equal(ticket->group, ITEM_PAPER);
    assert_true(ticket->local); /* the site's own word */
    assert_string_equal(ticket->tip, "撕碎");
    assert_string_equal(own(file, "老茶壶, 缺盖")->tip, "包好 \"轻放\"");
    items_file_close(file);
}

static void an_entry_of_the_same_name_stands_for_the_built_in_one(void **state)
{
    (void)state;
    struct items_file *file = must("name,class,aliases,local\n充电宝,recyclable,移动电源,0\n");
    const struct item *bank = own(file, "移动电源");
    assert_int_equal(items_file_items(file)->count, items_builtin.count);
    assert_int_equal(bank->class, WASTE_RECYCLABLE);
    assert_int_equal(bank->group, ITEM_ELECTRIC); /* as before */
    assert_false(bank->local);
    items_file_close(file);
}

static void a_reading_of_its_own_goes_before_the_table(void **state)
{
    (void)state;
    struct items_file *file =
        must("name,class,pinyin\n重阳糕,kitchen,重chong\n\xF0\xA0\xAE\xB7瓷罐,residual,"
             "\xF0\xA0\xAE\xB7lao\n");
    assert_string_equal(own(file, "重阳糕")->words[0].initials, "cyg");
    assert_string_equal(own(file, "\xF0\xA0\xAE\xB7瓷罐")->words[0].initials, "lcg");
    items_file_close(file);
}

static void the_merged_list_keeps_its_order(void **state)
{
    (void)state;
    struct items_file *file = must("name,class\n啊啊,residual\n做好的,residual\n毛笔架,residual\n");
    const struct items *items = items_file_items(file);
    for (int i = 1; i < items->count; i++) {
        assert_true(
            strcmp(items->list[i - 1].words[0].initials, items->list[i].words[0].initials) <= 0);
    }
    items_file_close(file);
}

static void what_is_wrong_is_refused_with_its_line_and_remedy(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "own.csv:1: the columns name and class are needed"},
        {"name,tip\n", "own.csv:1: the columns name and class are needed"},
        {"name,class,colour\n", "own.csv:1: column \"colour\" is not known"},
        {"name,class,name\n", "own.csv:1: column \"name\" is there twice"},
        {"name,class\n甲,stone\n", "own.csv:2: class \"stone\" is not known"},
        {"name,class\n\n甲,\n", "own.csv:3: class \"\" is not known"},
        {"name,class\n,kitchen\n", "own.csv:2: the name is empty"},
        {"name,class,group\n甲,kitchen,rocks\n", "own.csv:2: group \"rocks\" is not known"},
        {"name,class,local\n甲,kitchen,maybe\n", "own.csv:2: local is \"maybe\"; write 1 or 0"},
        {"name,class\n一二三四五六七八九十一二三四,kitchen\n", "is longer than 39 bytes"},
        {"name,class,tip\n甲,kitchen,一二三四五六七八九十一二三四五六七八九十一二\n",
         "own.csv:2: the tip is longer than 63 bytes"},
        {"name,class,source\n甲,kitchen,1234567890123456\n", "the source is longer than 15"},
        {"name,class\n甲,kitchen\n乙,kitchen\n甲,residual\n",
         "own.csv:4: \"甲\" is in line 2 as well"},
        {"name,class,aliases\n甲,kitchen,乙|甲\n", "own.csv:2: \"甲\" is there twice"},
        {"name,class,aliases\n甲,kitchen,乙\n丙,kitchen,乙\n",
         "own.csv:3: \"乙\" is in line 2 as well"},
        {"name,class\n移动电源,recyclable\n",
         "own.csv:2: \"移动电源\" is a name of the built-in \"充电宝\"; add a line"},
        {"name,class,aliases\n甲,kitchen,a|b|c|d|e|f|g|h|i|j|k|l\n",
         "own.csv:2: more than 12 names of one thing"},
        {"name,class\n123,kitchen\n", "own.csv:2: \"123\" has no letters to search it by"},
        {"name,class\n\"甲,kitchen\n", "own.csv:2: a quote that its line does not close"},
        {"name,class\n\"甲\"乙,kitchen\n", "own.csv:2: text behind a closing quote"},
        {"name,class\n甲,kitchen,more\n", "own.csv:2: \"more\" stands in no named column"},
        {"name,class\n\xC9\xCF,kitchen\n", "own.csv:2: not UTF-8; save it as \"CSV UTF-8\""},
        {"name,class\n甲\x07,kitchen\n", "own.csv:2: a control character (7)"},
        {",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", "own.csv:1: more than 32 columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct items_file *file = parse(cases[i].text);
        items_file_close(file);
        if (file != NULL || strstr(error, cases[i].says) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", error, cases[i].says);
        }
    }
}

static void a_zero_byte_is_refused(void **state)
{
    (void)state;
    static const char text[] = "name,class\n\0,kitchen\n";
    assert_null(items_file_parse(text, sizeof text - 1, "own.csv", error));
    assert_non_null(strstr(error, "own.csv:2: a control character (0)"));
}

static void there_is_an_end_to_what_fits(void **state)
{
    (void)state;
    enum { LINE = 32 };
    static char text[ITEMS_MAX * LINE + LINE] = "name,class\n";
    const int room = ITEMS_MAX - items_builtin.count;
    for (int more = 0; more <= 1; more++) {
        size_t used = strlen("name,class\n");
        for (int i = 0; i < room + more; i++) {
            const char letters[] = {(char)('a' + i / 676), (char)('a' + i / 26 % 26),
                                    (char)('a' + i % 26), '\0'};
            used += (size_t)snprintf(text + used, LINE, "X%s,residual\n", letters);
        }
        struct items_file *file = items_file_parse(text, used, "own.csv", error);
        assert_true((file != NULL) == (more == 0));
        if (file != NULL) {
            assert_int_equal(items_file_items(file)->count, ITEMS_MAX);
        } else {
            assert_non_null(strstr(error, "3000 is the most; take some out"));
        }
        items_file_close(file);
    }
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    assert_null(items_file_open("no/such/items.csv", error));
    assert_non_null(strstr(error, "no/such/items.csv: "));
    assert_non_null(strstr(error, "correct site.items"));
    assert_null(items_file_open("unit", error)); /* a directory */
    assert_non_null(strstr(error, "unit: "));
}

static void the_site_file_names_it_or_the_built_in_one_is_taken(void **state)
{
    (void)state;
    char reason[SETTINGS_ERROR_MAX];
    struct settings *settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    assert_int_equal(settings_load_items(settings, reason), 0);
    assert_ptr_equal(settings->site.items, &items_builtin);
    snprintf(settings->items, sizeof settings->items, "fuzz/corpus/items/overrides");
    assert_int_equal(settings_load_items(settings, reason), 0);
    const int bank = items_find(settings->site.items, "充电宝");
    assert_int_equal(settings->site.items->list[bank].class, WASTE_RECYCLABLE);
    settings_free(settings);

    settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    snprintf(settings->items, sizeof settings->items, "fuzz/corpus/items/twice");
    assert_int_equal(settings_load_items(settings, reason), -1);
    assert_non_null(strstr(reason, "twice:3: "));
    settings_free(settings);
    settings_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_enough_and_each_class_and_group_has_some),
        cmocka_unit_test(no_name_leads_to_two_entries),
        cmocka_unit_test(every_name_fits_and_has_letters),
        cmocka_unit_test(the_list_is_in_the_order_of_its_letters),
        cmocka_unit_test(every_source_is_listed),
        cmocka_unit_test(readings_are_those_of_the_things),
        cmocka_unit_test(things_go_where_the_rules_say),
        cmocka_unit_test(every_name_is_found_by_its_own_letters),
        cmocka_unit_test(the_embedded_fonts_have_every_character),
        cmocka_unit_test(a_new_entry_is_added_with_the_letters_of_the_table),
        cmocka_unit_test(an_entry_of_the_same_name_stands_for_the_built_in_one),
        cmocka_unit_test(a_reading_of_its_own_goes_before_the_table),
        cmocka_unit_test(the_merged_list_keeps_its_order),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line_and_remedy),
        cmocka_unit_test(a_zero_byte_is_refused),
        cmocka_unit_test(there_is_an_end_to_what_fits),
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
        cmocka_unit_test(the_site_file_names_it_or_the_built_in_one_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
