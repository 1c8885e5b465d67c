System.Console.WriteLine("patron");
