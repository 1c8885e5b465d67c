namespace Patron.OdooStandIn.Company;

/// <summary>Partners whose <c>write_date</c> is not the moment at which others see the change.</summary>
public sealed partial class StandInCompany
{
    /// <summary>A partner whose transaction began at the time given and is committed only now.</summary>
    public long AddLate(string name, string email, DateTimeOffset writeDate)
    {
        lock (Gate)
        {
            var record = Add("res.partner", ("name", name), ("email", email));
            record["write_date"] = record["create_date"] = writeDate.UtcDateTime;
            return record.Id;
        }
    }

    /// <summary>Somebody changes a partner in a transaction that began at the time given and is committed only now.</summary>
    public void ChangeLate(long partner, DateTimeOffset writeDate, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change("res.partner", partner, values);
            Find("res.partner", partner)["write_date"] = writeDate.UtcDateTime;
        }
    }

    /// <summary>Somebody changes a partner by SQL, as migrations do: it says no more when it was changed.</summary>
    public void ChangeBySql(long partner, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change("res.partner", partner, values);
            Find("res.partner", partner)["write_date"] = null;
        }
    }

    /// <summary>As if these partners had been written within one second, in this order.</summary>
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
