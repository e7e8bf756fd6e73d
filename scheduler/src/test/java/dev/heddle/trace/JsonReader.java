package dev.heddle.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly as RFC 8259 says: objects, arrays, strings, numbers without exponents,
 * literals.
 */
final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value();
    if (reader.at != text.length()) {
      throw reader.error("something behind the value");
    }
    return value;
  }

  private Object value() {
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{');
    while (text.charAt(at) != '}') {
      if (!members.isEmpty()) {
        take(',');
      }
      String name = string();
      take(':');
      if (members.containsKey(name)) {
        throw error(name + " twice");
      }
      members.put(name, value());
    }
    take('}');
    return members;
  }

  private List<Object> array() {
    List<Object> values = new ArrayList<>();
    take('[');
    while (text.charAt(at) != ']') {
      if (!values.isEmpty()) {
        take(',');
      }
      values.add(value());
    }
    take(']');
    return values;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    take('"');
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw error("a control character in a string");
      }
      string.append(c == '\\' ? escaped() : c);
    }
    take('"');
    return string.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw error("no escape");
    };
  }

  private char unicode() {
    at += 4;
    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
  }

  private Object literal(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw error(word + " expected");
    }
    at += word.length();
    return value;
  }

  private Number number() {
    int start = at;
    while (at < text.length() && "-0123456789.".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    if (digits.matches("-?(0|[1-9][0-9]*)\\.[0-9]+")) {
      return Double.parseDouble(digits);
    }
    if (!digits.matches("-?(0|[1-9][0-9]*)")) {
      throw error("no number: " + digits);
    }
    return Long.parseLong(digits);
  }

  private void take(char c) {
    if (text.charAt(at) != c) {
      throw error("'" + c + "' expected");
    }
    at++;
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(what + " at " + at + " of " + text);
  }
}
