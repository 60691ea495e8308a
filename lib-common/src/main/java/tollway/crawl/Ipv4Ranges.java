// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of IPv4 addresses that can be numbered through; costs memory for its blocks alone. */
public final class Ipv4Ranges {
  /** Ascending; no two touch. */
  private final List<Ipv4Block> blocks;

  /** How many addresses come before each block. */
  private final long[] before;

  private final long size;

  private Ipv4Ranges(List<Ipv4Block> blocks) {
    this.blocks = List.copyOf(blocks);
    before = new long[blocks.size()];
    long sum = 0;
    for (int i = 0; i < before.length; i++) {
      before[i] = sum;
      sum += blocks.get(i).size();
    }
    size = sum;
  }

  /** All addresses of {@code blocks}, which may overlap. */
  public static Ipv4Ranges of(List<Ipv4Block> blocks) {
    List<Ipv4Block> merged = new ArrayList<>();
    for (Ipv4Block each : sorted(blocks)) {
      Ipv4Block last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && each.first() <= last.last() + 1) {
        merged.set(
            merged.size() - 1, new Ipv4Block(last.first(), Math.max(last.last(), each.last())));
      } else {
        merged.add(each);
      }
    }
    return new Ipv4Ranges(merged);
  }

  /** These without {@code excluded}. */
  public Ipv4Ranges without(List<Ipv4Block> excluded) {
    List<Ipv4Block> holes = of(excluded).blocks;
    List<Ipv4Block> left = new ArrayList<>();
    int next = 0;
    for (Ipv4Block each : blocks) {
      long from = each.first();
      while (next < holes.size() && holes.get(next).last() < from) {
        next++;
      }
      for (int i = next; i < holes.size() && holes.get(i).first() <= each.last(); i++) {
        if (holes.get(i).first() > from) {
          left.add(new Ipv4Block(from, holes.get(i).first() - 1));
        }
        from = holes.get(i).last() + 1;
      }
      if (from <= each.last()) {
        left.add(new Ipv4Block(from, each.last()));
      }
    }
    return new Ipv4Ranges(left);
  }

  private static List<Ipv4Block> sorted(List<Ipv4Block> blocks) {
    return blocks.stream().sorted(Comparator.comparingLong(Ipv4Block::first)).toList();
  }

  public long size() {
    return size;
  }

  /** The address with this number, ascending from 0. */
  long address(long index) {
    int low = 0;
    int high = before.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (before[middle] <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return blocks.get(low).first() + index - before[low];
  }

  boolean contains(long address) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Ipv4Block block = blocks.get(middle);
      if (address < block.first()) {
        high = middle - 1;
      } else if (address > block.last()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The same addresses, each block of a power of two and {@code ADDRESS/BITS} as text. */
  List<Ipv4Block> prefixes() {
    List<Ipv4Block> prefixes = new ArrayList<>();
    for (Ipv4Block each : blocks) {
      long from = each.first();
      while (from <= each.last()) {
        long aligned = from == 0 ? Ipv4Block.LAST_ADDRESS + 1 : Long.lowestOneBit(from);
        long span = Math.min(aligned, Long.highestOneBit(each.last() - from + 1));
        prefixes.add(new Ipv4Block(from, from + span - 1));
        from += span;
      }
    }
    return prefixes;
  }

  /** The same for the same addresses. */
  @Override
  public String toString() {
    return blocks.toString();
  }
}
