package io.countersign.cli;

import io.countersign.client.SendingFile.Progress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on the terminal for each file that takes long enough to wonder. */
final class ProgressBars implements Progress {
    private static final long LARGE = 4 * 1024 * 1024;
    private static final long MIB = 1024 * 1024;

    private final Map<Path, ProgressBar> bars = new ConcurrentHashMap<>();

    @Override
    public void at(Path file, long sent, long of) {
        if (of < LARGE) {
            return;
        }
        bars.computeIfAbsent(file, begun -> bar(begun, of)).stepTo(sent);
        if (sent == of) {
            ProgressBar done = bars.remove(file);
            if (done != null) {
                done.close();
            }
        }
    }

    private static ProgressBar bar(Path file, long of) {
        return new ProgressBarBuilder()
                .setTaskName(file.getFileName().toString())
                .setInitialMax(of)
                .setUnit(" MiB", MIB)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .build();
    }
}
