package dev.heddle.samples;

import java.util.List;

/**
 * How long a body is (RFC 9112, 6): where the next request begins. Servers and proxies that see it
 * differently can be made to take a part of one request for another, so whatever is not plain is
 * refused.
 *
 * @param chunked whether it comes in chunks, each with its size
 * @param length bytes, if it does not come in chunks
 */
record HttpFraming(boolean chunked, long length) {

  static HttpFraming of(HttpRequest request) throws HttpError {
    String coding = request.fields().one("transfer-encoding");
    String length = request.fields().one("content-length");
    if (coding == null) {
      return new HttpFraming(false, length == null ? 0 : number(length));
    }
    if (length != null) {
      throw new HttpError(400, "there are both a content-length and a transfer-encoding");
    }
    if (request.minor() == 0) {
      throw new HttpError(400, "HTTP/1.0 has no transfer-encoding");
    }
    List<String> codings = request.fields().all("transfer-encoding");
    if (!codings.equals(List.of("chunked"))) {
      boolean last = codings.getLast().equals("chunked");
      boolean once = codings.indexOf("chunked") == codings.size() - 1;
      throw new HttpError(last && once ? 501 : 400, "the only transfer-encoding here is chunked");
    }
    return new HttpFraming(true, 0);
  }

  private static long number(String text) throws HttpError {
    if (!text.matches("[0-9]{1,18}")) {
      throw new HttpError(400, "content-length is not a number");
    }
    return Long.parseLong(text);
  }
}
