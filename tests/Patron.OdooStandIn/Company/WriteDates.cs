namespace Patron.OdooStandIn.Company;

/// <summary>Partners whose <c>write_date</c> differs from the time at which the change becomes visible.</summary>
public sealed partial class StandInCompany
{
    /// <summary>Adds a partner in a transaction that began at the given time and commits now.</summary>
    public long AddLate(string name, string email, DateTimeOffset writeDate)
    {
        lock (Gate)
        {
            var record = Add("res.partner", ("name", name), ("email", email));
            record["write_date"] = record["create_date"] = writeDate.UtcDateTime;
            return record.Id;
        }
    }

    /// <summary>Changes a partner in a transaction that began at the given time and commits now.</summary>
    public void ChangeLate(long partner, DateTimeOffset writeDate, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change("res.partner", partner, values);
            Find("res.partner", partner)["write_date"] = writeDate.UtcDateTime;
        }
    }

    /// <summary>Changes a partner by SQL, as migrations do: its write date becomes empty.</summary>
    public void ChangeBySql(long partner, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change("res.partner", partner, values);
            Find("res.partner", partner)["write_date"] = null;
        }
    }

    /// <summary>Sets the write dates of these partners within one second, in this order.</summary>
    public void SameSecond(DateTimeOffset second, params IEnumerable<long> partners)
    {
        lock (Gate)
        {
            var microseconds = 0;
            foreach (var id in partners)
            {
                Find("res.partner", id)["write_date"] = second.UtcDateTime.AddMicroseconds(++microseconds);
            }
        }
    }
}
