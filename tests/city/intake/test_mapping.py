from city.intake.mapping import CellMapping, DeviceMapping, LayerMapping, WorkerMapping, columns_of


def test_the_columns_of_a_layer_are_those_it_names() -> None:
    section = LayerMapping(file="a.shp", code="DM", zh="MC")
    assert columns_of(section) == {"code": ["DM"], "zh": ["MC"]}


def test_a_code_may_lie_in_several_columns() -> None:
    assert columns_of(LayerMapping(file="a.shp", code=["QX", "JD"]))["code"] == ["QX", "JD"]


def test_cells_without_a_serial_are_known_by_their_community() -> None:
    assert columns_of(CellMapping(file="a.shp", community="SQ")) == {"code": ["SQ"]}


def test_cells_that_are_only_generated_need_no_column() -> None:
    assert columns_of(CellMapping(generate_m=100)) == {}


def test_the_columns_of_devices_and_workers_are_those_they_name() -> None:
    device = DeviceMapping(file="d.csv", id="no", lon="x", lat="y", crs_column="system")
    assert columns_of(device) == {"id": ["no"], "lon": ["x"], "lat": ["y"], "crs_column": ["system"]}
    worker = WorkerMapping(file="w.csv", id="no", zh="name", grids="duty", days="days")
    assert columns_of(worker) == {"id": ["no"], "zh": ["name"], "grids": ["duty"], "days": ["days"]}
