/* Looking a thing up: a small dictionary, and the pages of the search. */
#include "tests/golden/samples.h"

#include <string.h>

/* 13 ideographs and 21: the longest that a dictionary takes. */
#define LONG_NAME "一次性聚丙烯外卖餐盒连盖子"
#define LONG_TIP  "先把剩下的汤和饭菜倒进易腐垃圾桶再压扁投放"

#define WORDS(...) ((const struct item_word[]){__VA_ARGS__})
#define W(text)                                                                                    \
    {                                                                                              \
        text, "x", "x"                                                                             \
    }

static const struct item list[] = {
    {WORDS(W("香蕉"), W("香蕉皮")), 2, WASTE_KITCHEN, ITEM_PRODUCE, false, "沥干水分", "TIAOLI"},
    {WORDS(W("大骨头"), W("大棒骨"), W("筒骨")), 3, WASTE_RESIDUAL, ITEM_MEALS, false,
     "质地坚硬，不易腐烂", "TAIZHOU"},
    {WORDS(W("充电宝"), W("移动电源")), 2, WASTE_HAZARDOUS, ITEM_ELECTRIC, true,
     "勿拆勿压，单独轻放", "BATTERY"},
    {WORDS(W("充电电池"), W("镍氢电池")), 2, WASTE_HAZARDOUS, ITEM_ELECTRIC, false,
     "保持完整，勿拆勿压", "BATTERY"},
    {WORDS(W("充电器"), W("充电头")), 2, WASTE_RECYCLABLE, ITEM_ELECTRIC, false, "取出电池",
     "TIAOLI"},
    {WORDS(W("干电池"), W("5号电池"), W("7号电池"), W("碱性电池"), W("南孚电池")), 5,
     WASTE_RESIDUAL, ITEM_ELECTRIC, false, "一次性、无汞，随其他垃圾", "BATTERY"},
    {WORDS(W("LED灯"), W("LED灯泡")), 2, WASTE_RESIDUAL, ITEM_ELECTRIC, true, "包好，防止破碎",
     "LED"},
    {WORDS(W("荧光灯管"), W("日光灯管"), W("灯管")), 3, WASTE_HAZARDOUS, ITEM_ELECTRIC, false,
     "包好，防止破碎", "TIAOLI"},
    {WORDS(W("手机"), W("旧手机")), 2, WASTE_RECYCLABLE, ITEM_ELECTRIC, false, "先清除个人信息",
     "TIAOLI"},
    {WORDS(W("U盘"), W("优盘")), 2, WASTE_RECYCLABLE, ITEM_ELECTRIC, false, "涉密载体请勿投放",
     "TIAOLI"},
    {WORDS(W("键盘")), 1, WASTE_RECYCLABLE, ITEM_ELECTRIC, false, "取出电池", "TIAOLI"},
    {WORDS(W("台灯")), 1, WASTE_RECYCLABLE, ITEM_ELECTRIC, false, "取下灯管灯泡", "TIAOLI"},
    {WORDS(W(LONG_NAME), W(LONG_NAME), W(LONG_NAME)), 3, WASTE_RESIDUAL, ITEM_SNACKS, true,
     LONG_TIP, "SITE"},
};
enum { BANANA, BONES, POWER_BANK, ELECTRIC_FIRST = POWER_BANK, TAKE_AWAY_BOX = 12 };

const struct items sample_items = {list, sizeof list / sizeof *list};

static void search(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_SEARCH;
    view->search.group = ITEM_GROUP_NONE;
}

static void find(struct view *view, int first, int step, int count, int total, int size)
{
    view->search.total = total;
    view->search.page_count = (total + size - 1) / size;
    view->search.count = count;
    for (int i = 0; i < count; i++) {
        view->search.found[i].index = 1000 + i;
        view->search.found[i].item = &list[first + i * step];
    }
}

void sample_search(struct view *view, struct site *site)
{
    search(view, site);
}

void sample_search_letters(struct view *view, struct site *site)
{
    search(view, site);
    strcpy(view->search.letters, "cd");
    find(view, ELECTRIC_FIRST, 1, SEARCH_PAGE_LETTERS, 17, SEARCH_PAGE_LETTERS);
    view->search.page = 1;
}

void sample_search_few(struct view *view, struct site *site)
{
    search(view, site);
    strcpy(view->search.letters, "xj");
    find(view, BANANA, 1, 1, 1, SEARCH_PAGE_LETTERS);
}

void sample_search_none(struct view *view, struct site *site)
{
    search(view, site);
    strcpy(view->search.letters, "xqzw");
}

void sample_search_group(struct view *view, struct site *site)
{
    search(view, site);
    view->search.group = ITEM_ELECTRIC;
    find(view, BANANA, 1, SEARCH_PAGE_GROUP, 115, SEARCH_PAGE_GROUP);
}

void sample_search_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_SEARCH;
    view->search.group = ITEM_GROUP_NONE;
    strcpy(view->search.letters, "wwwwwwwwwwww");
    find(view, TAKE_AWAY_BOX, 0, SEARCH_PAGE_LETTERS, ITEMS_MAX, SEARCH_PAGE_LETTERS);
    view->search.page = 400;
}

void sample_search_group_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_SEARCH;
    view->search.group = ITEM_SNACKS;
    find(view, TAKE_AWAY_BOX, 0, SEARCH_PAGE_GROUP, ITEMS_MAX, SEARCH_PAGE_GROUP);
    view->search.page = 100;
}

static void guide(struct view *view, const struct item *item, int bin)
{
    view->screen = SCREEN_GUIDE;
    view->item = item;
    view->chosen = (enum waste_class)item->class;
    view->target_bin = bin;
    view->step = STEP_OPEN_LID;
    view->has_live = true;
    view->countdown_s = 9;
}

void sample_guide_item(struct view *view, struct site *site)
{
    sample_base(view, site);
    guide(view, &list[BANANA], 2);
}

void sample_guide_item_local(struct view *view, struct site *site)
{
    sample_base(view, site);
    guide(view, &list[POWER_BANK], 1);
}

void sample_guide_item_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    guide(view, &list[TAKE_AWAY_BOX], 7);
}
