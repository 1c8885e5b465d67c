namespace Patron.OdooStandIn.Server;

/// <summary>Records the calls of the server, and the faults that it should produce. Thread-safe.</summary>
public sealed class CallLog
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

    /// <summary>The maximum number of concurrent calls.</summary>
    public int MaxConcurrentCalls { get; private set; }

    /// <summary>The number of calls of a method.</summary>
    public int Count(string call) => Calls.Count(one => one == call);

    /// <summary>Clears the recorded calls.</summary>
    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            MaxConcurrentCalls = running;
        }
    }

    /// <summary>Makes the next calls fail like this.</summary>
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

    /// <summary>Makes every call of a model fail like this, or of one method (<c>res.partner.search_read</c>).</summary>
    public void FailAlways(string modelOrCall, Fault fault)
    {
        lock (gate)
        {
            lasting[modelOrCall] = fault;
        }
    }

    /// <summary>Removes all faults.</summary>
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
            MaxConcurrentCalls = Math.Max(MaxConcurrentCalls, ++running);
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
