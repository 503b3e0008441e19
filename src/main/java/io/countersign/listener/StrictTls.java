package io.countersign.listener;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;

/**
 * TLS in which not many records in a row may bring no data: changes of keys, which TLS 1.3 lets a caller ask for as often as it
 * likes (RFC 8446, 4.6.3), warnings, empty ones. Whoever sends them without an end keeps a thread at work, and no deadline
 * would see it, since nobody waits for what he sends. The connection ends; OpenSSL and BoringSSL have the same limit.
 */
final class StrictTls extends SslConnection {
    private static final int MOST = 32;

    private boolean shaken;
    private int inARow;

    private StrictTls(Connector connector, EndPoint endPoint, SSLEngine engine, Factory factory) {
        super(
                connector.getByteBufferPool(),
                connector.getExecutor(),
                factory.getSslContextFactory(),
                endPoint,
                engine,
                factory.isDirectBuffersForEncryption(),
                factory.isDirectBuffersForDecryption());
    }

    /** What of it a listener has. */
    static final class Factory extends SslConnectionFactory {
        Factory(TlsConnection tls, String next) {
            super(tls, next);
        }

        @Override
        protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
            return new StrictTls(connector, endPoint, engine, this);
        }
    }

    /** The handshake itself may have as many as it likes: it has its own time, after which it is ended in any case. */
    @Override
    protected SSLEngineResult unwrap(SSLEngine engine, ByteBuffer input, ByteBuffer output) throws SSLException {
        shaken = shaken || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        SSLEngineResult result = super.unwrap(engine, input, output);
        if (result.bytesProduced() > 0) {
            inARow = 0;
        } else if (shaken && result.bytesConsumed() > 0 && ++inARow > MOST) {
            throw new SSLException("more than " + MOST + " records in a row without data");
        }
        return result;
    }
}
