"""Thirty datasets of a fictional country's ministries, as ``package_create`` takes them."""

from collections.abc import Iterator
from typing import Any

# name | title | notes | tags | formats | licence | extras
TABLE = """\
accidentes-transito-2021 | Accidentes de tránsito 2021 | Siniestros viales por distrito. | tránsito;seguridad vial | CSV;XLSX | odc-by | ubigeo=150101;anio=2021
accidentes-transito-2022 | Accidentes de transito 2022 | Siniestros viales, COVID-19 aparte. | tránsito;seguridad vial | CSV | odc-by | ubigeo=150102;anio=2022
hospitales | Hospitales de la red pública | Cada hospital con sus camas. | salud;infraestructura | CSV;JSON | cc-by | ubigeo=150101;anio=2020
hospital-regional | Hospital regional de Loreto | Atenciones por mes. | salud | CSV | cc-by | ubigeo=160101;anio=2019
vacunacion-covid19 | Vacunación contra la COVID-19 | Dosis aplicadas por edad. | salud;covid-19 | CSV;PARQUET | cc-by | anio=2021
presupuesto-2020 | Presupuesto público 2020 | Devengado por genérica de gasto. | gasto;presupuesto | CSV | odc-by | anio=2020
presupuesto-2021 | Presupuesto público 2021 | Devengado por genérica de gasto. | gasto;presupuesto | CSV;XLSX | odc-by | anio=2021
gasto-salud | Gasto en salud | Presupuesto de hospitales y centros de salud. | gasto;salud | XLSX | odc-by | anio=2022
escuelas | Escuelas públicas | Locales escolares y su estado. | educación | CSV;GEOJSON | cc-zero | ubigeo=150101
matricula | Matrícula escolar | Estudiantes por grado y sexo. | educación | CSV | cc-zero | anio=2022
educacion-superior | EDUCACION SUPERIOR: CARRERAS | Egresados de universidades. | educación;Universidad | XLS |  | anio=2018
calidad-agua | Calidad del agua de ríos | Muestras de la Autoridad Nacional. | agua;ambiente | CSV | cc-by | cuenca=Rímac
calidad-aire | Calidad del aire | Partículas PM10 y PM2.5 por hora. | aire;ambiente | CSV;JSON | cc-by |
bosques | Pérdida de bosques | Deforestación anual en la Amazonía. | ambiente | GEOJSON | cc-by | anio=2020
rios | Caudal de los ríos | Estaciones hidrológicas. | agua | CSV | cc-by | cuenca=Alto Mayo
compras | Órdenes de compra | Contrataciones del Estado por entidad. | contrataciones | CSV | odc-by | anio=2022
proveedores | Proveedores sancionados | Inhabilitaciones vigentes. | contrataciones | CSV | odc-by |
obras | Obras públicas paralizadas | Avance físico y financiero (%). | infraestructura;obras | XLSX | odc-by | anio=2021
delitos | Denuncias por delitos | Hurto, robo y otros. | seguridad | CSV | odc-pddl |
comisarias | Comisarías | Ubicación de comisarías a+b. | seguridad | GEOJSON;CSV | odc-pddl | ubigeo=150101
museos | Museos y sitios | Visitantes por mes. | cultura | CSV | cc-by | anio=2019
pesca | Desembarque de la pesca | Toneladas por especie. | producción | CSV | cc-by | anio=2020
mineria | Producción minera | Toneladas finas de cobre/oro. | producción;minería | XLSX | cc-by | anio=2021
energia | Energía eléctrica | Potencia instalada: MW. | energía | CSV | cc-by |
padron-municipal | Padrón de municipalidades | Alcaldes y regidores. | gobierno local | CSV | cc-by | ubigeo=160101
censo-poblacion | Censo de población | Población por distrito. | población | CSV;SHP | cc-by | anio=2017
pobreza | Mapa de pobreza | Estimaciones distritales. | población | SHP | cc-by | anio=2018
road-traffic | Road traffic accidents | Number of accidents by year. | transport | CSV | cc-by | anio=2021
schools | Public schools | Schools and students. | education | CSV | cc-by |
sin-recursos | Un conjunto sin recursos | Nada que descargar todavía. |  |  |  |
"""  # noqa: E501


def packages(suffix: str, organization: str) -> Iterator[dict[str, Any]]:
    """Yield them, ``-suffix`` after each name, in the organization with that name or id."""
    for line in TABLE.splitlines():
        name, title, notes, tags, formats, licence, extras = map(str.strip, line.split("|"))
        yield {
            "name": f"{name}-{suffix}",
            "title": title,
            "notes": notes,
            "owner_org": organization,
            "license_id": licence,
            "author": "Oficina de Estadística",
            "tags": [{"name": tag} for tag in tags.split(";") if tag],
            "resources": [
                {
                    "name": f"{title}, {form}",
                    "format": form,
                    "url": f"https://datos.example/{name}.{form.lower()}",
                }
                for form in formats.split(";")
                if form
            ],
            "extras": [
                dict(zip(("key", "value"), extra.split("="), strict=True))
                for extra in extras.split(";")
                if extra
            ],
        }
