package io.countersign.operations;

import io.countersign.testing.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window, which finds no other host than this one. */
final class Browser implements AutoCloseable {
    private static final String DRIVER = "chromedriver";
    private static final String CHROMIUM = "chromium";
    private static final String VIOLATIONS =
            "window.violations = []; document.addEventListener('securitypolicyviolation',"
                    + " event => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));";

    private final ChromeDriver driver;

    /** Skips the test where it is not installed. */
    static Browser start() {
        Command.assumeInstalled(CHROMIUM);
        Command.assumeInstalled(DRIVER);
        return new Browser();
    }

    private Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/" + CHROMIUM);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable("browser", Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(new File("/usr/bin/" + DRIVER))
                        .usingAnyFreePort()
                        .build(),
                options);
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", VIOLATIONS));
    }

    /** As a screen of this size, in CSS pixels, that likes light or dark. */
    void become(int width, int height, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        width < 500 ? 2 : 1,
                        "mobile",
                        width < 500));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void open(int port) {
        driver.get("http://localhost:" + port + "/");
    }

    String text(String id) {
        return String.valueOf(run("return document.getElementById('" + id + "').textContent"));
    }

    Object run(String script, Object... arguments) {
        Object answer = driver.executeScript(script, arguments);
        return answer == null ? "null" : answer;
    }

    long number(String script) {
        return ((Number) run("return " + script)).longValue();
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** Wherever it is on the page. */
    void click(String css) {
        run("document.querySelector(arguments[0]).click()", css);
    }

    void type(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** What has the focus after one more press of the key. */
    String tab() {
        type(Keys.TAB);
        return String.valueOf(
                run("const e = document.activeElement; return e.id || e.textContent.trim() || e.value || e.tagName"));
    }

    List<String> errors() {
        return driver.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    @SuppressWarnings("unchecked")
    List<String> violations() {
        return (List<String>) run("return window.violations");
    }

    /** Everything that was asked for, as URLs. */
    @SuppressWarnings("unchecked")
    List<String> asked() {
        return (List<String>) run("return performance.getEntriesByType('resource').map(entry => entry.name)");
    }

    /** What is in view, and the whole page beside it. */
    void photograph(String name) throws IOException {
        Path folder = Files.createDirectories(Path.of("target/screenshots"));
        run("scrollTo(0, 0)");
        Files.write(folder.resolve(name + ".png"), picture(false));
        Files.write(folder.resolve(name + "-whole.png"), picture(true));
    }

    private byte[] picture(boolean whole) {
        Map<String, Object> how = whole
                ? Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x", 0,
                                "y", 0,
                                "scale", 1,
                                "width", number("document.documentElement.clientWidth"),
                                "height", number("document.documentElement.scrollHeight")))
                : Map.of();
        Object data = driver.executeCdpCommand("Page.captureScreenshot", how).get("data");
        return Base64.getDecoder().decode(String.valueOf(data));
    }

    static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
