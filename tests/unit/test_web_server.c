/* The administrator's pages over real HTTP: nobody gets in without the password, and a download is
 * what the command line writes. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "kiosk/report/export.h"
#include "kiosk/store/ledger.h"
#include "kiosk/web/web.h"
#include "tests/unit/random_event.h"

enum { ANSWER_MAX = 4 * 1024 * 1024 };

static char directory[256], cookie[128], hash[crypto_pwhash_STRBYTES];
static char answer[ANSWER_MAX], error[LEDGER_ERROR_MAX];
static size_t answer_length;
static struct web *web;
static struct web_config config;
static uint32_t from_address; /* of the browser; all of 127.0.0.0/8 is this machine */
static _Atomic int64_t now_ms;

static const int64_t morning = 1795394537345; /* 2026-11-23 08:42:17 in China, a Monday */

static int64_t fake_now(void *context)
{
    (void)context;
    return now_ms;
}

static int64_t fake_utc(void *context)
{
    (void)context;
    return morning;
}

static void write_ledger(int deposits)
{
    struct ledger *ledger = NULL;
    uint64_t seed = random_event_seed();
    int64_t seq;

    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_OK);
    for (int i = 0; i < deposits; i++) {
        struct kiosk_event event = random_event(&seed, EVENT_DEPOSIT);
        event.at.quality = CLOCK_NTP;
        event.at.utc_ms = morning;
        event.body.deposit.bin_class = WASTE_KITCHEN;
        event.body.deposit.outcome = i % 4 ? OUTCOME_CONSISTENT : OUTCOME_WRONG_BIN;
        event.body.deposit.quality = QUALITY_SETTLED;
        event.body.deposit.weight_g = 1500;
        assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_OK);
    }
    ledger_close(ledger);
}

static int begin(void **state)
{
    (void)state;
    make_directory_name(directory);
    now_ms = 1000;
    from_address = INADDR_LOOPBACK;
    cookie[0] = '\0';
    if (sodium_init() < 0 ||
        crypto_pwhash_str(hash, "标杆 1234", strlen("标杆 1234"), crypto_pwhash_OPSLIMIT_MIN,
                          crypto_pwhash_MEMLIMIT_MIN) != 0) {
        return -1;
    }
    config = (struct web_config){.password = hash,
                                 .directory = directory,
                                 .site = "路桥区 <1号> 点位",
                                 .sample_least = 30,
                                 .now_ms = fake_now,
                                 .utc_ms = fake_utc};
    write_ledger(8);
    if (!web_start(&web, &config, error)) {
        fail_msg("%s", error);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    web_stop(web);
    web = NULL;
    remove_directory(directory);
    return 0;
}

static int connect_only(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(web_port(web))};
    struct sockaddr_in from = {.sin_family = AF_INET};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(from_address);
    int file = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(file, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(file, (struct sockaddr *)&address, sizeof address), 0);
    return file;
}

/* Sends bytes on a connection of their own and reads until the server closes it. Returns the
 * status, 0 where there was no answer. */
static int send_bytes(const char *bytes, size_t count)
{
    int file = connect_only(), status = 0;
    ssize_t got;

    while (count > 0) {
        ssize_t sent = send(file, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) {
            break;
        }
        bytes += sent;
        count -= (size_t)sent;
    }
    answer_length = 0;
    while ((got = recv(file, answer + answer_length, ANSWER_MAX - 1 - answer_length, 0)) > 0) {
        answer_length += (size_t)got;
    }
    answer[answer_length] = '\0';
    close(file);
    return sscanf(answer, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

static int ask(const char *method, const char *path, const char *headers, const char *body)
{
    static char request[64 * 1024];

    int length = snprintf(request, sizeof request,
                          "%s %s HTTP/1.1\r\nHost: kiosk\r\nConnection: close\r\nCookie: %s\r\n"
                          "%sContent-Length: %zu\r\n\r\n%s",
                          method, path, cookie, headers, strlen(body), body);
    return send_bytes(request, (size_t)length);
}

static int get(const char *path)
{
    return ask("GET", path, "", "");
}

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static int log_in(const char *password)
{
    char body[400];

    snprintf(body, sizeof body, "password=%s", password);
    int status = ask("POST", "/login", FORM, body);
    const char *set = strstr(answer, "Set-Cookie: ");
    if (set) {
        sscanf(set, "Set-Cookie: %127[^;]", cookie);
    }
    return status;
}

static const char *right = "%E6%A0%87%E6%9D%86+1234";

static bool says(const char *text)
{
    return strstr(answer, text) != NULL;
}

/* The body; chunks are put together in place. */
static const char *body(size_t *length)
{
    char *from = strstr(answer, "\r\n\r\n") + 4, *to = from, *start = from;
    unsigned long size;

    if (!says("Transfer-Encoding: chunked")) {
        *length = answer_length - (size_t)(from - answer);
        return start;
    }
    while (sscanf(from, "%lx", &size) == 1 && size > 0) {
        from = strstr(from, "\r\n") + 2;
        memmove(to, from, size);
        to += size;
        from += size + 2;
    }
    *length = (size_t)(to - start);
    return start;
}

static void nothing_is_shown_without_a_session(void **state)
{
    static const char *const paths[] = {"/", "/export?what=deposits&format=csv", "/?x=1"};
    static const char *const cookies[] = {
        "", "biaogan_session=", "biaogan_session=00000000000000000000000000000000",
        "biaogan_session=../../etc/passwd", "other=1"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (size_t j = 0; j < sizeof cookies / sizeof *cookies; j++) {
            strcpy(cookie, cookies[j]);
            assert_int_equal(get(paths[i]), 303);
            assert_true(says("Location: /login"));
            assert_false(says("操作一致率"));
        }
    }
    assert_int_equal(ask("POST", "/logout", FORM, ""), 303);
    assert_int_equal(get("/login"), 200);
    assert_true(says("管理密码"));
    assert_true(says("路桥区 &lt;1号&gt; 点位"));
    assert_int_equal(get("/style.css"), 200);
}

static void the_password_opens_a_session(void **state)
{
    (void)state;
    assert_int_equal(log_in("wrong"), 403);
    assert_true(says("密码错误"));
    assert_string_equal(cookie, "");
    assert_int_equal(log_in(right), 303);
    assert_true(says("HttpOnly; SameSite=Strict"));
    assert_int_equal(strlen(cookie), strlen("biaogan_session=") + 32);
    assert_int_equal(get("/"), 200);
    assert_true(says("<tr><th>投放次数</th><td>8</td><td>8</td><td>8</td></tr>"));
    assert_true(says("<td>75.0%</td><td>75.0%</td>"));
    assert_true(says("<td>25.0% (2)</td>"));
    assert_true(says("易腐垃圾</th><td>12.000</td>"));
    assert_true(says("value=\"2026-11-01\"") && says("value=\"2026-11-23\""));
    assert_int_equal(ask("POST", "/logout", FORM, ""), 303);
    assert_int_equal(get("/"), 303);
}

static void every_answer_carries_the_security_headers(void **state)
{
    static const char *const headers[] = {"Content-Security-Policy: default-src 'self'",
                                          "X-Content-Type-Options: nosniff",
                                          "X-Frame-Options: DENY", "Cache-Control: no-store"};
    static const char *const paths[] = {"/", "/login", "/style.css", "/nothing"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        get(paths[i]);
        for (size_t j = 0; j < sizeof headers / sizeof *headers; j++) {
            if (!says(headers[j])) {
                fail_msg("%s lacks %s", paths[i], headers[j]);
            }
        }
    }
}

static void a_session_ends_after_ten_idle_minutes(void **state)
{
    (void)state;
    assert_int_equal(log_in(right), 303);
    now_ms += 9 * 60000;
    assert_int_equal(get("/"), 200);
    now_ms += 9 * 60000;
    assert_int_equal(get("/"), 200);
    now_ms += 10 * 60000;
    assert_int_equal(get("/"), 303);
}

static void wrong_passwords_are_slowed_down(void **state)
{
    static const int waits_s[] = {30, 60, 120, 240, 480, 900, 900};
    char header[64];

    (void)state;
    assert_int_equal(log_in("a"), 403);
    assert_int_equal(log_in("b"), 403);
    for (size_t i = 0; i < sizeof waits_s / sizeof *waits_s; i++) {
        assert_int_equal(log_in("c"), 403);
        /* Not even the right one is looked at now. */
        assert_int_equal(log_in(right), 429);
        snprintf(header, sizeof header, "Retry-After: %d\r\n", waits_s[i]);
        assert_true(says(header));
        now_ms += waits_s[i] * 1000 - 1;
        assert_int_equal(log_in(right), 429);
        now_ms += 1;
    }
    assert_int_equal(log_in(right), 303);
    assert_int_equal(log_in("d"), 403);
    assert_int_equal(log_in(right), 303);
}

static void a_stranger_does_not_lock_the_administrator_out(void **state)
{
    (void)state;
    from_address = INADDR_LOOPBACK + 1;
    for (int i = 0; i < 5; i++) {
        log_in("x");
    }
    assert_int_equal(log_in(right), 429);
    from_address = INADDR_LOOPBACK;
    assert_int_equal(log_in(right), 303);
    /* That somebody else knew it does not clear the stranger. */
    from_address = INADDR_LOOPBACK + 1;
    assert_int_equal(log_in(right), 429);
}

static void many_strangers_together_get_no_further(void **state)
{
    int looked_at = 0;

    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        from_address = INADDR_LOOPBACK + i;
        looked_at += log_in("x") == 403;
    }
    assert_int_equal(looked_at, 60);
    from_address = INADDR_LOOPBACK;
    assert_int_equal(log_in(right), 429);
    assert_true(says("Retry-After: 3600\r\n"));
    now_ms += 3600 * 1000;
    assert_int_equal(log_in(right), 303);
}

static void forms_of_other_sites_are_refused(void **state)
{
    (void)state;
    assert_int_equal(ask("POST", "/login", FORM "Origin: http://evil.example\r\n", "password=x"),
                     403);
    assert_true(says("不是从本页面提交"));
    assert_int_equal(ask("POST", "/login", FORM "Origin: null\r\n", "password=x"), 403);
    assert_int_equal(ask("POST", "/login", FORM "Origin: https://kiosk\r\n", "password=x"), 403);
    assert_false(says("密码错误"));
    assert_int_equal(
        ask("POST", "/login", FORM "Origin: http://kiosk\r\n", "password=%E6%A0%87%E6%9D%86+1234"),
        303);
}

static void a_download_is_the_export_byte_for_byte(void **state)
{
    static char expected[ANSWER_MAX];
    static const struct {
        const char *path, *what, *from, *to, *format;
    } cases[] = {
        {"/export?what=deposits&from=&to=&format=csv", "deposits", "", "", "csv"},
        {"/export?what=deposits&from=2026-11-23&to=2026-11-23&format=jsonl", "deposits",
         "2026-11-23", "2026-11-23", "jsonl"},
        {"/export?what=visits&format=csv", "visits", NULL, NULL, "csv"},
    };
    struct export_request request;
    ssize_t count;

    (void)state;
    write_ledger(3000);
    assert_int_equal(log_in(right), 303);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = 0, got;
        assert_true(export_parse(&request, cases[i].what, cases[i].from, cases[i].to,
                                 cases[i].format, error));
        struct export *export = export_open(directory, &request, error);
        assert_non_null(export);
        while ((count = export_read(export, expected + length, ANSWER_MAX - length)) > 0) {
            length += (size_t)count;
        }
        export_close(export);
        assert_int_equal(get(cases[i].path), 200);
        assert_true(says("Content-Disposition: attachment; filename=\""));
        assert_true(says("filename*=UTF-8''%E"));
        const char *bytes = body(&got);
        assert_int_equal(got, length);
        assert_memory_equal(bytes, expected, length);
    }
    assert_int_equal(ask("HEAD", cases[0].path, "", ""), 200);
}

static void bad_downloads_get_a_page_that_says_so(void **state)
{
    static const char *const paths[] = {
        "/export",
        "/export?what=poems&format=csv",
        "/export?what=deposits&format=exe",
        "/export?what=deposits&format=csv&from=2026-02-30",
        "/export?what=deposits&format=csv&from=2026-11-23&to=2026-11-01",
        "/export?what=deposits&format=csv&to=%00%0d%0aX:y",
        "/export?what=../../etc/passwd&format=csv"};

    (void)state;
    assert_int_equal(log_in(right), 303);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(get(paths[i]), 400);
        assert_true(says("无法下载"));
    }
}

static void no_path_leads_out(void **state)
{
    static const char *const paths[] = {"/../../etc/passwd",
                                        "/..%2f..%2fetc%2fpasswd",
                                        "/style.css/../../x",
                                        "//etc/passwd",
                                        "/ledger.db",
                                        "/%2e%2e/ledger.db",
                                        "/style.css%00.html",
                                        "/login/",
                                        "/EXPORT",
                                        "/a\\..\\b"};

    (void)state;
    assert_int_equal(log_in(right), 303);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int status = get(paths[i]);
        if (status != 404 && status != 400) {
            fail_msg("%s: %d", paths[i], status);
        }
        assert_false(says("root:"));
    }
    assert_int_equal(ask("DELETE", "/", "", ""), 405);
    assert_int_equal(ask("POST", "/export", FORM, ""), 405);
    assert_int_equal(ask("GET", "/logout", "", ""), 405);
}

static void too_much_is_refused_and_the_server_goes_on(void **state)
{
    static char flood[256 * 1024];

    (void)state;
    memset(flood, 'a', sizeof flood);
    memcpy(flood, "GET /", 5);
    int status = send_bytes(flood, 64 * 1024);
    assert_true(status == 0 || status == 414 || status == 431 || status == 400);

    char long_password[3001] = {0};
    memset(long_password, 'x', 3000);
    char long_form[3100];
    snprintf(long_form, sizeof long_form, "password=%s", long_password);
    assert_int_equal(ask("POST", "/login", FORM, long_form), 413);

    int length =
        snprintf(flood, 300,
                 "POST /login HTTP/1.1\r\nHost: kiosk\r\n" FORM "Content-Length: 10000000\r\n\r\n");
    memset(flood + length, 'a', sizeof flood - (size_t)length);
    status = send_bytes(flood, sizeof flood);
    assert_true(status == 0 || status == 413);

    assert_int_equal(ask("POST", "/login", "Content-Type: text/plain\r\n", "password=x"), 413);
    static const char nonsense[] = "\x16\x03\x01\x02\x00\x01\r\n\r\n";
    status = send_bytes(nonsense, sizeof nonsense - 1);
    assert_true(status == 0 || status == 400);
    assert_int_equal(log_in(right), 303);
    assert_int_equal(get("/"), 200);
}

static void one_address_cannot_take_every_connection(void **state)
{
    int idle[WEB_CONNECTIONS_PER_ADDRESS];
    int status = 0;

    (void)state;
    for (int i = 0; i < WEB_CONNECTIONS_PER_ADDRESS; i++) {
        idle[i] = connect_only();
    }
    assert_int_equal(get("/login"), 0);
    for (int i = 0; i < WEB_CONNECTIONS_PER_ADDRESS; i++) {
        close(idle[i]);
    }
    /* The server notices the closed ones on its own thread. */
    for (int i = 0; i < 100000 && status == 0; i++) {
        status = get("/login");
    }
    assert_int_equal(status, 200);
}

static void a_missing_ledger_is_said(void **state)
{
    (void)state;
    assert_int_equal(log_in(right), 303);
    remove_directory(directory);
    assert_int_equal(get("/"), 200);
    assert_true(says("台账暂时无法读取"));
    assert_int_equal(get("/export?what=deposits&format=csv"), 503);
}

static void an_unsafe_configuration_does_not_start(void **state)
{
    struct web *other = NULL;
    struct web_config wrong = config;

    (void)state;
    wrong.address = "0.0.0.0";
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "certificate"));
    assert_null(other);
    wrong.address = "::";
    assert_false(web_start(&other, &wrong, error));
    wrong.address = "localhost";
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "IP address"));
    wrong = config;
    wrong.password = "1234";
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "biaogan passwd"));
    wrong = config;
    wrong.certificate = "nowhere.pem";
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "belong together"));
    wrong.key = "nowhere.pem";
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "nowhere.pem"));
    wrong = config;
    wrong.port = web_port(web);
    assert_false(web_start(&other, &wrong, error));
    assert_non_null(strstr(error, "another port"));
    wrong = config;
    wrong.address = "0.0.0.0";
    wrong.allow_plain_http = true;
    assert_true(web_start(&other, &wrong, error));
    web_stop(other);
}

static void with_a_certificate_plain_http_is_not_answered(void **state)
{
    struct web_config secure = config;

    (void)state;
    web_stop(web);
    web = NULL;
    /* The tests run in tests/; the key is known to everybody and protects nothing. */
    secure.certificate = "web/test-certificate.pem";
    secure.key = "web/test-key.pem";
    secure.address = "0.0.0.0";
    if (!web_start(&web, &secure, error)) {
        fail_msg("%s", error);
    }
    assert_int_equal(get("/login"), 0);
    assert_false(says("管理密码"));
    web_stop(web);
    web = NULL;
    secure.key = "web/test-certificate.pem";
    assert_false(web_start(&web, &secure, error));
    assert_non_null(strstr(error, "certificate"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nothing_is_shown_without_a_session),
        CASE(the_password_opens_a_session),
        CASE(every_answer_carries_the_security_headers),
        CASE(a_session_ends_after_ten_idle_minutes),
        CASE(wrong_passwords_are_slowed_down),
        CASE(a_stranger_does_not_lock_the_administrator_out),
        CASE(many_strangers_together_get_no_further),
        CASE(forms_of_other_sites_are_refused),
        CASE(a_download_is_the_export_byte_for_byte),
        CASE(bad_downloads_get_a_page_that_says_so),
        CASE(no_path_leads_out),
        CASE(too_much_is_refused_and_the_server_goes_on),
        CASE(one_address_cannot_take_every_connection),
        CASE(a_missing_ledger_is_said),
        CASE(an_unsafe_configuration_does_not_start),
        CASE(with_a_certificate_plain_http_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
