/* What a search over the whole dictionary costs: every query of one to three letters.
 *
 *     items_bench
 *
 * A touch is answered within one frame; searching may take 1 ms of it (goal: worst_us below 1000).
 */
#include "assets/items.h"

#include <stdio.h>
#include <time.h>

/* Of this thread alone: what others do meanwhile is no cost of the search. */
static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(void)
{
    uint16_t found[ITEM_PAGE_MAX];
    int64_t total_ns = 0, worst_ns = 0, queries = 0, hits = 0;
    for (int query = 0; query < 27 * 27 * 26; query++) {
        char letters[4] = {(char)('a' + query % 26), '\0', '\0', '\0'};
        const int second = query / 26 % 27, third = query / 26 / 27;
        if (second > 0) {
            letters[1] = (char)('a' + second - 1);
        }
        if (second > 0 && third > 0) {
            letters[2] = (char)('a' + third - 1);
        }
        const int64_t begun_ns = now_ns();
        hits += items_search(&items_builtin, letters, 0, found, ITEM_PAGE_MAX) > 0;
        const int64_t took_ns = now_ns() - begun_ns;
        total_ns += took_ns;
        worst_ns = took_ns > worst_ns ? took_ns : worst_ns;
        queries++;
    }
    printf("entries\t%d\nqueries\t%lld\nwith_results\t%lld\nmean_us\t%.1f\nworst_us\t%.1f\n",
           items_builtin.count, (long long)queries, (long long)hits,
           (double)total_ns / (double)queries / 1e3, (double)worst_ns / 1e3);
    return 0;
}
