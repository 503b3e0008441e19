package io.countersign.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptHeaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/pkcs7-mime",
                "APPLICATION/PKCS7-MIME",
                " application/pkcs7-mime ,",
                "application/pkcs7-mime;smime-type=signed-data",
                "application/pkcs7-mime; smime-type=\"signed-data\"; name=\"a,b;c=\\\"d\"",
                "application/pkcs7-mime;q=0.001",
                "application/pkcs7-mime, application/json;q=0.9",
                "application/json;q=0.9, application/pkcs7-mime",
                "application/json ; q=0.5 , text/html, application/pkcs7-mime ; q=0.6",
                "application/json;q=0, application/pkcs7-mime;q=0.1",
                "application/pkcs7-mime, */*",
                "application/pkcs7-mime, application/*",
                "application/pkcs7-mime, */*;q=0.8",
                "application/pkcs7-mime;q=0.8, */*;q=0.8",
                "*/*, application/json;q=0.1",
                "application/*, application/json;q=0",
                "application/pkcs7-mime;q=0.5, application/pkcs7-mime;smime-type=enveloped-data, application/json;q=0.4",
            })
    void theSignedFormIsPreferred(String accept) {
        assertThat(AcceptHeader.prefersSigned(accept)).as(accept).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "*/*",
                "application/*",
                "application/json",
                "text/html",
                "text/*",
                "application/pkcs7",
                "application/pkcs7-mime-not",
                "application/pkcs7-mime;q=0",
                "application/pkcs7-mime;q=0.0, */*",
                "application/pkcs7-mime;q=0, text/html",
                "application/pkcs7-mime;smime-type=enveloped-data",
                "application/json, application/pkcs7-mime",
                "application/pkcs7-mime, application/json",
                "application/pkcs7-mime;q=0.5, application/json;q=0.6",
                "application/pkcs7-mime;q=0.5, */*",
                "application/json, */*",
                "application/json, text/plain, */*",
                "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
            })
    void jsonIsPreferred(String accept) {
        assertThat(AcceptHeader.prefersSigned(accept)).as(accept).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/pkcs7-mime;q=2",
                "application/pkcs7-mime;q=-1",
                "application/pkcs7-mime;q=1.001",
                "application/pkcs7-mime;q=0.0001",
                "application/pkcs7-mime;q=",
                "application/pkcs7-mime;q",
                "application/pkcs7-mime;q=NaN",
                "application/pkcs7-mime, text",
                "application/pkcs7-mime, */json",
                "application/pkcs7-mime, a/b/c",
                "application/pkcs7-mime, /",
                "application/pkcs7-mime, a b/c",
                "application/pkcs7-mime;name=\"",
                "application/pkcs7-mime;name=\"\\",
            })
    void whatCannotBeReadGetsJson(String accept) {
        assertThat(AcceptHeader.prefersSigned(accept)).as(accept).isFalse();
    }

    @Test
    void whoDoesNotSayGetsJson() {
        assertThat(AcceptHeader.prefersSigned(null)).isFalse();
    }

    @Test
    void aLongOneIsReadToo() {
        assertThat(AcceptHeader.prefersSigned("a/b;c=\"" + "\\\"".repeat(100_000) + "\",application/pkcs7-mime"))
                .isTrue();
    }
}
