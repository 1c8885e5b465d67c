namespace Patron.OdooStandIn.Server;

/// <summary>What the server was asked, and the faults it has been told to make. Any thread may ask.</summary>
public sealed class CallBook
{
    private readonly Lock gate = new();
    private readonly List<string> calls = [];
    private readonly Queue<Fault> next = [];
    private readonly Dictionary<string, Fault> lasting = new(StringComparer.Ordinal);
    private int running;

    /// <summary>All calls so far, such as <c>res.partner.search_read</c> and <c>common.version</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>The most calls that ran at one time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>How often something was called.</summary>
    public int Count(string call) => Calls.Count(one => one == call);

    /// <summary>Forgets the calls so far.</summary>
    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            MostAtOnce = running;
        }
    }

    /// <summary>The next calls end like this.</summary>
    public void FailNext(Fault fault, int times = 1)
    {
        lock (gate)
        {
            for (var time = 0; time < times; time++)
            {
                next.Enqueue(fault);
            }
        }
    }

    /// <summary>Every call of a model ends like this, or of one method (<c>res.partner.search_read</c>).</summary>
    public void FailAlways(string modelOrCall, Fault fault)
    {
        lock (gate)
        {
            lasting[modelOrCall] = fault;
        }
    }

    /// <summary>All is well again.</summary>
    public void FailNoMore()
    {
        lock (gate)
        {
            next.Clear();
            lasting.Clear();
        }
    }

    internal Fault? Enter(string model, string method)
    {
        lock (gate)
        {
            calls.Add($"{model}.{method}");
            MostAtOnce = Math.Max(MostAtOnce, ++running);
            return next.TryDequeue(out var fault) || lasting.TryGetValue(model, out fault) || lasting.TryGetValue($"{model}.{method}", out fault) ? fault : null;
        }
    }

    internal void Leave()
    {
        lock (gate)
        {
            running--;
        }
    }
}
