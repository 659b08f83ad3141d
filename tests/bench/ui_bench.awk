# Medians of ui_bench.sh's samples (program, name, value), and the ratios of the goals.
BEGIN { FS = "\t" }
{
    n[$1, $2]++
    v[$1, $2, n[$1, $2]] = $3 + 0
    if (!($1 in seen)) { seen[$1] = 1; program[++programs] = $1 }
}

# The share q of the sorted samples; -1 without any.
function quantile(p, name, q,    i, k, c, t, s) {
    c = n[p, name]
    if (c == 0) return -1
    for (i = 1; i <= c; i++) s[i] = v[p, name, i]
    for (i = 2; i <= c; i++) {
        t = s[i]
        for (k = i - 1; k >= 1 && s[k] > t; k--) s[k + 1] = s[k]
        s[k + 1] = t
    }
    i = int(c * q) + 1
    return s[i > c ? c : i]
}

function median(p, name) { return quantile(p, name, 0.5) }

# Chromium's best variant in each column: an honest rival chooses its own flags.
function best(name,    i, m, b) {
    b = -1
    for (i = 1; i <= programs; i++) {
        if (program[i] !~ /^chromium/) continue
        m = median(program[i], name)
        if (m >= 0 && (b < 0 || m < b)) b = m
    }
    return b
}

function goal(text, mine, other, limit) {
    if (mine < 0 || other <= 0) { printf "%-58s not measured\n", text; return }
    printf "%-58s %8.3f  goal <= %.3f  %s\n", text, mine / other, limit,
        mine / other <= limit ? "reached" : "MISSED"
}

END {
    columns = split("start_warm_ms start_cold_ms pss_mib_idle rss_mib_idle cpu_percent_idle " \
        "x_server_percent_idle cpu_percent_quiet cpu_percent_10hz x_server_percent_10hz " \
        "press_ms_idle press_ms_10hz",
        column, " ")
    printf "%-24s", "median"
    for (i = 1; i <= programs; i++) printf " %15s", program[i]
    print ""
    for (k = 1; k <= columns; k++) {
        printf "%-24s", column[k]
        for (i = 1; i <= programs; i++) printf " %15.3f", median(program[i], column[k])
        print ""
    }
    printf "%-24s", "press p95, idle"
    for (i = 1; i <= programs; i++) printf " %15.3f", quantile(program[i], "press_ms_idle", 0.95)
    print "\n"
    p = "pss_mib_idle"
    goal("memory (PSS) against tkinter", median("kiosk", p), median("tkinter", p), 1.4)
    goal("memory (PSS) against the best Chromium", median("kiosk", p), best(p), 1 / 12)
    p = "start_cold_ms"
    goal("cold start against tkinter", median("kiosk", p), median("tkinter", p), 0.6)
    p = "cpu_percent_10hz"
    goal("CPU at 10 Hz against the best Chromium", median("kiosk", p), best(p), 1 / 12)
    p = "cpu_percent_idle"
    goal("CPU idle, four scales talking, against the best Chromium", median("kiosk", p),
        best(p), 1 / 15)
    goal("CPU idle, scales silent, against the best Chromium", median("kiosk", "cpu_percent_quiet"),
        best(p), 1 / 15)
    p = "press_ms_idle"
    goal("press to pixel against the best Chromium", median("kiosk", p), best(p), 1 / 3)
}
