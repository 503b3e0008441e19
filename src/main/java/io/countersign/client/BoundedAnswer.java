package io.countersign.client;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * The answer to a {@link SendingFile}, read at once and never for longer than it can matter: up to {@value #MOST} bytes, and
 * one more where there are more, which ends the connection. An answer that breaks off is no answer.
 */
public final class BoundedAnswer {
    public static final int MOST = 64 * 1024;

    private BoundedAnswer() {}

    static ClassicHttpResponse read(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        if (!(request.getEntity() instanceof SendingFile) || entity == null) {
            return response;
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(MOST + 1);
        if (body.length > MOST) {
            scope.execRuntime.discardEndpoint();
        } else {
            content.close();
        }
        response.setEntity(new ByteArrayEntity(body, ContentType.parseLenient(entity.getContentType())));
        return response;
    }
}
