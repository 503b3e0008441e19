package io.countersign.operations;

import static io.countersign.operations.Browser.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The status page in a real browser, of a service that receives, refuses and cannot send. */
class StatusPageTest {
    private static final String MARKUP = "<img src=x onerror=document.title='owned'>";

    @TempDir
    private Path folder;

    private SendingHome home;
    private Certified acme;
    private Browser browser;

    @BeforeEach
    void makeAHome() {
        browser = Browser.start();
        home = new SendingHome(folder);
        acme = home.home.pinned("acme");
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void whatHappensIsSeenWithoutReloading() throws Exception {
        URI url;
        try (ScriptedServer gone = home.server()) {
            url = gone.url("/in");
        }
        home.receiver("globex", url);
        try (RunningService service = RunningService.start(home.home)) {
            browser.open(port(service));
            soon().untilAsserted(() -> assertThat(browser.text("connection")).isEqualTo("Live"));
            assertThat(browser.text("headline")).isEqualTo("All is well");
            assertThat(browser.element("#refused-none").isDisplayed()).isTrue();
            browser.run("window.loadedOnce = true");

            Client partner = Client.of(home.home.authority.certificate(), acme);
            assertThat(partner.put(at(service, "%3Cimg%20src%3Dx%20onerror%3Dx%3E.txt"), "hello")
                            .statusCode())
                    .isEqualTo(201);
            soon().untilAsserted(() -> assertThat(browser.text("transfer-rows"))
                    .contains("received", "acme", "<img src=x onerror=x>.txt", "5 bytes"));
            soon().untilAsserted(() -> assertThat(browser.text("plot-sums")).contains("1 file received (5 bytes)"));
            assertThat(browser.text("partner-rows")).contains("from 127.0.0.1", "← 1 (5 bytes)");

            refusedAsStranger(service);
            soon().untilAsserted(
                            () -> assertThat(browser.text("refusals")).contains("certificate-unknown", "127.0.0.1"));
            soon().untilAsserted(() -> assertThat(browser.text("news")).startsWith("Refused: certificate-unknown"));

            refusedInHandshake(service);
            soon().untilAsserted(() -> assertThat(browser.text("refusals")).contains("handshake"));

            home.drop("globex", "order.xml", "<order/>");
            soon().untilAsserted(
                            () -> assertThat(browser.text("waiting-rows")).contains("globex / order.xml", "8 bytes"));
            assertThat(browser.text("headline")).isEqualTo("1 thing needs you");
            assertThat(browser.text("things")).contains("1 file waits for globex");

            assertThat(browser.run("return window.loadedOnce")).isEqualTo(true);
            assertQuiet(service);
        }
    }

    @Test
    void hostileNamesAreText() throws Exception {
        try (RunningService service = RunningService.start(home.home)) {
            Certified stranger = Issue.to("CN=\"</script>" + MARKUP + "\",O=\u202Eevil\u2066")
                    .by(home.home.authority);
            Client.of(home.home.authority.certificate(), stranger).get(service.at("/exchange"));
            browser.open(port(service));
            soon().untilAsserted(() ->
                    assertThat(browser.text("refusals")).contains("/script", "img src", "CN=Test authority"));
            browser.element("#refusals summary").click();
            soon().untilAsserted(() -> assertThat(browser.text("refusals")).contains("first", "id"));
            assertThat(browser.number("document.querySelectorAll('#main img, #main script').length"))
                    .isZero();
            assertThat(browser.text("refusals")).doesNotContain("\u202E", "\u2066");
            assertThat(browser.run("return document.title")).asString().endsWith("Countersign");
            assertQuiet(service);
        }
    }

    @Test
    void itGoesOnByItselfAfterTheServiceWasAway() throws Exception {
        RunningService first = RunningService.start(home.home);
        int port = port(first);
        browser.open(port);
        soon().untilAsserted(() -> assertThat(browser.text("connection")).isEqualTo("Live"));
        first.close();
        soon().untilAsserted(() -> assertThat(browser.text("connection")).startsWith("No connection since "));
        home.home.set("countersign.operations-port", "" + port);
        try (RunningService second = RunningService.start(home.home)) {
            soon().untilAsserted(() -> assertThat(browser.text("connection")).isEqualTo("Live"));
            refusedAsStranger(second);
            soon().untilAsserted(() -> assertThat(browser.text("refusals")).contains("certificate-unknown"));
        }
    }

    @Test
    void everythingIsReachedByTheKeyboardAndStaysWhereItIs() throws Exception {
        try (RunningService service = RunningService.start(home.home)) {
            refusedAsStranger(service);
            browser.open(port(service));
            soon().untilAsserted(() -> assertThat(browser.text("refusals")).contains("certificate-unknown"));
            List<String> order = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                order.add(browser.tab());
            }
            assertThat(order)
                    .startsWith(
                            "Skip to the status", "Waiting", "Refused", "Partners", "Transfers", "Service", "filter")
                    .contains("day", "files")
                    .anySatisfy(focused -> assertThat(focused).contains("certificate-unknown"));

            browser.run("document.activeElement.blur()");
            browser.element("body").sendKeys("/");
            assertThat(browser.run("return document.activeElement.id")).isEqualTo("filter");
            browser.type("no-such-code");
            assertThat(browser.element("#refusals li").isDisplayed()).isFalse();
            assertThat(browser.text("refused-more")).contains("0 fit the filter");
            browser.type(Keys.ESCAPE);
            assertThat(browser.element("#refusals li").isDisplayed()).isTrue();

            browser.element("#refusals summary").sendKeys(Keys.ENTER);
            browser.run("document.querySelector('#refusals summary').focus(); window.focused = document.activeElement");
            refusedInHandshake(service);
            soon().untilAsserted(() -> assertThat(browser.text("refusals")).contains("handshake"));
            assertThat(browser.run("return document.activeElement === window.focused"))
                    .isEqualTo(true);
            assertThat(browser.number("document.querySelectorAll('#refusals details[open]').length"))
                    .isEqualTo(1);
            assertQuiet(service);
        }
    }

    @Test
    void itFitsAndCanBeReadOnAPhoneAndADesk() throws Exception {
        Certified soonOver = Issue.to("CN=initech edi, O=Initech Logistics GmbH")
                .valid(Instant.now().minus(Duration.ofDays(300)), Instant.now().plus(Duration.ofDays(12)))
                .by(home.home.authority);
        soonOver.write(home.home.certificates(), "initech");
        home.home.partner("initech", Map.of("certificates", "certificates/initech.crt", "addresses", "any"));
        URI url;
        try (ScriptedServer gone = home.server()) {
            url = gone.url("/exchange");
        }
        home.receiver("globex", url);
        try (RunningService service = RunningService.start(home.home)) {
            Client partner = Client.of(home.home.authority.certificate(), acme);
            for (String name : List.of("orders-2026-11-28.xml", "invoice-4711.pdf", "inventory.csv")) {
                partner.put(at(service, name), "x".repeat(name.length() * 1000));
            }
            partner.put(at(service, "bad.txt"), "x", "Content-Digest", "sha-256=:" + "A".repeat(43) + "=:");
            transfersOfADay(service);
            home.drop("globex", "order.xml", "<order/>");
            refusedAsStranger(service);
            Certified renewed = Issue.to("CN=acme").by(home.home.authority);
            Client.of(home.home.authority.certificate(), renewed).get(service.at("/exchange"));
            refusedInHandshake(service);
            browser.become(1440, 900, "light");
            browser.open(port(service));
            soon().untilAsserted(() -> assertThat(browser.text("waiting-rows")).contains("order.xml"));
            for (String scheme : List.of("light", "dark")) {
                for (int width : List.of(1440, 390)) {
                    browser.become(width, width < 500 ? 844 : 900, scheme);
                    browser.open(port(service));
                    soon().untilAsserted(
                                    () -> assertThat(browser.text("plot-sums")).contains("files received"));
                    if (width < 500) {
                        browser.click("#refusals summary");
                    }
                    browser.photograph(width + "-" + scheme);
                }
                assertReadable();
            }
            browser.become(360, 740, "light");
            browser.click("#numbers summary");
            for (String unit : List.of("bytes", "files")) {
                browser.click("input[value=" + unit + "]");
                assertThat(browser.number("document.documentElement.scrollWidth"))
                        .isLessThanOrEqualTo(360);
            }
            assertQuiet(service);
        }
    }

    /** As they might have been. */
    private static void transfersOfADay(RunningService service) throws Exception {
        Ledger ledger = service.service().context().getRegistry().findSingleByType(Ledger.class);
        Instant now = Instant.now();
        boolean added = ledger.commit(connection -> {
            boolean all = true;
            for (int i = 0; i < 300; i++) {
                double hours = 24 * Math.abs(Math.sin(i * 12.9898));
                boolean in = i % 3 > 0;
                Instant ended = now.minusSeconds(600 + (long) (hours * 3_500));
                all &= new Transfers(connection)
                        .add(new Entry(
                                UUID.randomUUID().toString(),
                                ledger.node(),
                                in ? Direction.IN : Direction.OUT,
                                in ? "acme" : "globex",
                                null,
                                null,
                                "order-" + i + ".xml",
                                "order-" + i + ".xml",
                                i * 1_000L,
                                0,
                                null,
                                i % 41 == 0 ? State.FAILED : in ? State.RECEIVED : State.SENT,
                                ended,
                                ended,
                                1,
                                null,
                                null,
                                null,
                                null));
            }
            return all;
        });
        assertThat(added).isTrue();
    }

    /** WCAG 2.2, 1.4.3. */
    private void assertReadable() {
        Object poorest = browser.run("""
                const light = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
                const rgb = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()
                    .slice(1).match(/../g).map(h => light(parseInt(h, 16)));
                const lum = name => { const [r, g, b] = rgb(name); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                const contrast = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
                return ['ink', 'soft', 'link', 'good', 'bad', 'warn'].flatMap(ink =>
                    ['paper', 'sheet', 'good-wash', 'bad-wash', 'warn-wash'].map(on => [contrast(ink, on), ink + ' on ' + on]))
                    .filter(([c]) => c < 4.5).map(([c, name]) => name + ' ' + c.toFixed(2));
                """);
        assertThat(poorest).isEqualTo(List.of());
    }

    private void assertQuiet(RunningService service) {
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.violations()).isEmpty();
        assertThat(browser.asked())
                .isNotEmpty()
                .allSatisfy(url -> assertThat(url).startsWith("http://localhost:" + port(service) + "/"));
    }

    private void refusedAsStranger(RunningService service) throws Exception {
        Certified stranger = Issue.to("CN=stranger, O=Nobody Ltd").by(home.home.authority);
        assertThat(Client.of(home.home.authority.certificate(), stranger)
                        .get(service.at("/exchange"))
                        .statusCode())
                .isEqualTo(403);
    }

    private void refusedInHandshake(RunningService service) {
        Client nobody = Client.of(
                home.home.authority.certificate(), Issue.to("CN=self-made").selfSigned());
        assertThatThrownBy(() -> nobody.get(service.at("/exchange"))).isInstanceOf(IOException.class);
    }

    private static URI at(RunningService service, String name) {
        return URI.create(service.at("/exchange") + "/" + name);
    }

    private static int port(RunningService service) {
        return service.at("/metrics").getPort();
    }
}
