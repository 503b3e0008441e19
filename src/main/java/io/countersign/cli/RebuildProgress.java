package io.countersign.cli;

import io.countersign.rebuild.Rebuild.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal, where there are enough files to wonder. */
final class RebuildProgress implements Progress, AutoCloseable {
    private static final long MANY = 1_000;

    private @Nullable ProgressBar bar;

    @Override
    public void at(long done, long of) {
        if (of < MANY) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("rebuild")
                    .setInitialMax(of)
                    .setUnit(" files", 1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build();
        }
        bar.stepTo(done);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
