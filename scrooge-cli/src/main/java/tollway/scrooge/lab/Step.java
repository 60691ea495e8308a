// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.util.List;

/** One thing that is done to a mesh, or looked for in it. Durations are in seconds. */
public sealed interface Step {
  void accept(Visitor visitor) throws IOException, InterruptedException;

  /** Starts the daemons of these nodes. */
  record Start(List<Integer> nodes, int within) implements Step {
    public Start {
      nodes = List.copyOf(nodes);
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** Every two neighbours have a tunnel, open on both sides. */
  record Converge(int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** One node reaches another by the tunnels, with IPv4 and IPv6. */
  record Reach(int from, int to, int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /**
   * Nothing is forwarded around the tunnels; or, with {@code open}, everything: the cables work.
   */
  record Bypass(boolean open, int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** The node's daemon is killed and started again, with all it had or with its key alone. */
  record Restart(int node, boolean forgetful, int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /**
   * So many times: a daemon is drawn and killed, the policy stands, and the mesh comes together.
   */
  record Kill(int rounds, int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** Packets of a foreign source are dropped, and forged messages change nothing. */
  record Spoof(int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** Mallory records for so many seconds and sends all of it again, so many times. */
  record Replay(int seconds, int times) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** Mallory sends rubbish, so many datagrams a second; nobody else may notice. */
  record Flood(int rate, int seconds) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /**
   * Nodes send more than may pass to one that counts: the weights of the middle node, in percent of
   * tolerance, and its total share hold.
   */
  record Split(int through, List<Integer> from, int to, int seconds, int tolerance)
      implements Step {
    public Split {
      from = List.copyOf(from);
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** Every daemon is stopped, and leaves nothing. */
  record Stop(int within) implements Step {
    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.visit(this);
    }
  }

  /** One method for each kind of step. */
  interface Visitor {
    void visit(Start step) throws IOException, InterruptedException;

    void visit(Converge step) throws IOException, InterruptedException;

    void visit(Reach step) throws IOException, InterruptedException;

    void visit(Bypass step) throws IOException, InterruptedException;

    void visit(Restart step) throws IOException, InterruptedException;

    void visit(Kill step) throws IOException, InterruptedException;

    void visit(Spoof step) throws IOException, InterruptedException;

    void visit(Replay step) throws IOException, InterruptedException;

    void visit(Flood step) throws IOException, InterruptedException;

    void visit(Split step) throws IOException, InterruptedException;

    void visit(Stop step) throws IOException, InterruptedException;
  }
}
