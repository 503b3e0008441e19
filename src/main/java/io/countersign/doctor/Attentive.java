package io.countersign.doctor;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A socket that does not mind when the other side takes nothing any more: what that said last, an alert perhaps, is still
 * there to be read, and the failure of a write would keep JSSE from reading it.
 */
final class Attentive extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            private boolean broken;

            @Override
            public void write(byte[] bytes, int from, int length) {
                try {
                    if (!broken) {
                        out.write(bytes, from, length);
                    }
                } catch (IOException gone) {
                    broken = true;
                }
            }

            @Override
            public void write(int one) {
                write(new byte[] {(byte) one}, 0, 1);
            }
        };
    }
}
